using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Tasks;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Grains.Training;

/// <content>One update: from trajectories in the blob store to a version that can be published.</content>
internal sealed partial class TrainerGrain
{
    private async Task<NetworkWeights> WeightsAsync(string policy, CancellationToken cancellationToken)
    {
        var head = await GrainFactory.GetGrain<IPolicyGrain>(policy).HeadAsync(cancellationToken)
            ?? throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' is to start from policy '{policy}', which does not exist. Train that one first, or see 'steptool policy list'.");
        return (await blobs.GetAsync(head.Latest, withLearner: false, cancellationToken)).Weights;
    }

    private async Task CheckAsync(PolicyHead head, TrainingSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            var architecture = (await blobs.GetAsync(head.Latest, withLearner: false, cancellationToken)).Weights.Architecture;
            if (settings.Hidden is { } hidden && hidden != architecture.FirstHidden)
            {
                throw new ArgumentException(
                    $"Policy '{this.GetPrimaryKeyString()}' has {architecture.FirstHidden} hidden units; {hidden} were asked for. Leave the option out or train under another name.", nameof(settings));
            }
        }
        catch (PolicyFormatException exception)
        {
            throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' cannot be trained on: {exception.Message}", nameof(settings), exception);
        }
    }

    private async Task<PolicyManifest> UpdateAsync(
        TrainingOrder order, PolicyHead head, ImmutableArray<TransitionEntry> entries, CancellationToken cancellationToken)
    {
        var world = await worlds.GetAsync(order.World, cancellationToken);
        var included = entries.Where(entry => entry.Trajectory is not null).ToArray();
        var trajectories = new List<Episode>(included.Length);
        var turns = head.Latest.Turns;
        foreach (var entry in included.TakeWhile(_ => order.UntilTurns == 0 || turns < order.UntilTurns))
        {
            trajectories.Add(EpisodeCodec.Decode(await blobs.GetAsync(entry.Trajectory!, cancellationToken)));
            turns += trajectories[^1].Steps.Length;
        }

        var learner = await host.GetAsync(this.GetPrimaryKeyString(), head, order.Settings, blobs, cancellationToken);
        var threads = options.Value.LearnerThreads > 0 ? options.Value.LearnerThreads : Environment.ProcessorCount;
        var metrics = await Task.Factory.StartNew(
            () => Learn(TrainingMethods.Create(order.Settings.Method), learner, [.. trajectories], world, threads, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        metrics = metrics.SetItem("staleness", included.Take(trajectories.Count).Average(entry => (double)(head.Latest.Version - entry.Version)));
        var consumed = entries.Aggregate(OrdinalSet.Empty, (set, entry) => set.Add(entry.Ordinal));
        var manifest = await blobs.PutAsync(this.GetPrimaryKeyString(), learner.State, head.Latest.Version + 1, consumed, order.Settings, cancellationToken);
        host.Keep(this.GetPrimaryKeyString(), manifest.Weights, learner);
        return manifest with { Excluded = entries.Length - included.Length, Metrics = metrics, Turns = turns };
    }

    private ImmutableSortedDictionary<string, double> Learn(
        IMethod method, Learning.Learner.PolicyLearner learner, Episode[] trajectories, IWorld world, int threads, CancellationToken cancellationToken)
    {
        var batch = TrajectoryBatch.Read(trajectories, world, features, threads, method.Imitates, method.ReadsRelevance);
        if (batch.Episodes.Count == 0)
        {
            throw new EmptyBatchException(
                $"None of {trajectories.Length} trajectories can be learnt from: {batch.Dropped} chose what is not among today's candidates, the others were excluded.");
        }

        if (learner.State.Step == 0 && !learner.Weights.IsStandardised)
        {
            learner.Standardise(batch.Batch); // once, before the first step; frozen from then on
        }

        return LearnerHost.Describe(method.Update(learner, batch.Episodes, batch.Batch, cancellationToken), trajectories, batch.Dropped).Add("droppedSteps", batch.DroppedSteps);
    }
}
