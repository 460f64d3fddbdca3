using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;

namespace StepTool.Grains.Tasks;

/// <summary>
/// What happens to an ended episode: scored, judged, stored as a trajectory, logged for training, told to its run, taken off the queue. Every part may be
/// repeated, so that a restart between any two changes nothing.
/// </summary>
internal sealed class EpisodeArchive(IGrainFactory grains, IBlobStore blobs, IOptions<GrainsOptions> options)
{
    /// <summary>Archives an ended episode.</summary>
    internal async Task CompleteAsync(Episode episode, RolloutSpec rollout, int? version, IWorld world, CancellationToken cancellationToken)
    {
        var (closed, judgement) = Close(episode, rollout, world);
        var trajectory = await blobs.PutAsync(EpisodeCodec.Encode(closed), cancellationToken);
        var isExcluded = closed.Status is EpisodeStatus.Faulted or EpisodeStatus.Cancelled;
        if (rollout.TrainingOrdinal >= 0)
        {
            await grains.GetGrain<ITransitionLogGrain>(rollout.Policy.Name).AppendAsync(
                new TransitionEntry(rollout.TrainingOrdinal, isExcluded ? null : trajectory, version ?? 0), cancellationToken);
        }

        var outcome = Outcome.From(closed, judgement, world.Labels(closed.Task), rollout.Policy.ToString(), 0, EpisodePrefix.JudgedBy(world.Judge));
        await grains.GetGrain<IRunGrain>(closed.Id.Run).CompleteAsync(
            new RolloutOutcome(closed.Id.Ordinal, version, trajectory, closed.Status, closed.Return, outcome), cancellationToken);
        await DropAsync(closed.Id, cancellationToken);
    }

    /// <summary>Takes a rollout off the queue.</summary>
    internal Task DropAsync(EpisodeId rollout, CancellationToken cancellationToken) => Shard(rollout).CompleteAsync(rollout, cancellationToken);

    /// <summary>Gives a rollout of this silo back to the queue.</summary>
    internal Task ReleaseAsync(string silo, EpisodeId rollout, CancellationToken cancellationToken) => Shard(rollout).ReleaseAsync(silo, rollout, cancellationToken: cancellationToken);

    private IRolloutQueueGrain Shard(EpisodeId rollout) => grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(QueueShards.Of(rollout, options.Value.QueueShards)));

    private static (Episode Closed, Judgement? Judgement) Close(Episode episode, RolloutSpec rollout, IWorld world)
    {
        try
        {
            var closed = EpisodeEngine.Close(episode, world, rollout.Rewards);
            return (closed, closed.Verdict is null ? null : world.Judge.Judge(closed));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (EpisodeEngine.Fail(episode, new EpisodeFault(FaultBoundary.Judge, exception.Message)), null);
        }
    }
}
