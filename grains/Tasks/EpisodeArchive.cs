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
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Tasks;

/// <summary>
/// What happens to an ended episode: scored, judged, stored as a trajectory, logged for training, told to its run; when its record is cleared, taken off the queue.
/// Every part may be repeated, so that a restart between any two changes nothing.
/// </summary>
internal sealed class EpisodeArchive(IGrainFactory grains, IBlobStore blobs, IWorldCatalogue worlds, IOptions<GrainsOptions> options)
{
    /// <summary>Scores and judges an ended episode; a judge that fails too often ends it by a fault, unless it has its verdict already.</summary>
    internal static (Episode Closed, Judgement? Judgement) Close(Episode episode, RolloutSpec rollout, IWorld world, RetryBudget retries)
    {
        try
        {
            return EpisodeEngine.Close(episode, world, rollout.Rewards);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && episode.Verdict is null && retries.IsSpentBy(FaultBoundary.Judge))
        {
            return (EpisodeEngine.Fail(episode, new EpisodeFault(FaultBoundary.Judge, exception.Message)), null);
        }
    }

    /// <summary>Archives a closed episode.</summary>
    internal async Task CompleteAsync(Episode closed, Judgement? judgement, RolloutSpec rollout, int? version, IWorld world, CancellationToken cancellationToken)
    {
        var trajectory = await blobs.PutAsync(EpisodeCodec.Encode(closed), cancellationToken);
        var resumed = rollout.Resumes?.Number ?? 0;
        if (rollout.TrainingOrdinal >= 0)
        {
            await grains.GetGrain<ITransitionLogGrain>(rollout.Policy.Name).AppendAsync(
                new TransitionEntry(rollout.TrainingOrdinal, closed.IsExcluded ? null : trajectory, version ?? 0) { Resumed = resumed }, cancellationToken);
        }

        var outcome = Outcome.From(closed, judgement, world.Labels(closed.Task), rollout.Policy.ToString(), 0, EpisodePrefix.JudgedBy(world.Judge));
        await grains.GetGrain<IRunGrain>(closed.Id.Run).CompleteAsync(
            new RolloutOutcome(closed.Id.Ordinal, version, trajectory, closed.Status, closed.Return, outcome) { Resumed = resumed }, cancellationToken);
    }

    /// <summary>Ends a rollout whose record is damaged by a storage fault. The record itself stays as it is.</summary>
    internal async Task SetAsideAsync(EpisodeId id, string reason, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<IRunGrain>(id.Run).RolloutAsync(id.Ordinal, cancellationToken) is { } rollout)
        {
            var faulted = EpisodeEngine.Fail(rollout.Begin(), new EpisodeFault(FaultBoundary.Storage, reason));
            await CompleteAsync(faulted, judgement: null, rollout, version: null, await worlds.GetAsync(rollout.World, cancellationToken), cancellationToken);
        }

        await DropAsync(id, cancellationToken);
    }

    /// <summary>Reads an archived episode.</summary>
    internal async ValueTask<Episode> ReadAsync(string trajectory, CancellationToken cancellationToken) => EpisodeCodec.Decode(await blobs.GetAsync(trajectory, cancellationToken));

    /// <summary>Takes a rollout off the queue.</summary>
    internal Task DropAsync(EpisodeId rollout, CancellationToken cancellationToken) => Shard(rollout).CompleteAsync(rollout, cancellationToken);

    /// <summary>Gives a rollout of this silo back to the queue.</summary>
    internal Task ReleaseAsync(string silo, EpisodeId rollout, CancellationToken cancellationToken) => Shard(rollout).ReleaseAsync(silo, rollout, cancellationToken: cancellationToken);

    private IRolloutQueueGrain Shard(EpisodeId rollout) => grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(QueueShards.Of(rollout, options.Value.QueueShards)));
}
