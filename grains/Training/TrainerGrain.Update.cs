using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Tasks;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Grains.Training;

/// <content>One update: from trajectories in the blob store to a version that can be published.</content>
internal sealed partial class TrainerGrain
{
    private async Task<(string Origin, NetworkWeights? Weights)> WeightsAsync(string policy, CancellationToken cancellationToken)
    {
        var head = await GrainFactory.GetGrain<IPolicyGrain>(policy).HeadAsync(cancellationToken)
            ?? throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' is to start from policy '{policy}', which does not exist. Train that one first, or see 'steptool policy list'.");
        return ($"{policy}@{head.Latest.Version}", (await blobs.GetAsync(head.Latest, withLearner: false, cancellationToken)).Weights);
    }

    private async Task CheckAsync(PolicyHead head, TrainingSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            var architecture = (await blobs.GetAsync(head.Latest, withLearner: false, cancellationToken)).Weights.Architecture;
            if (settings.Hidden is { } hidden && hidden != architecture.FirstHidden)
            {
                throw new ArgumentException(
                    $"Policy '{this.GetPrimaryKeyString()}' has {architecture.FirstHidden} hidden units; {hidden} were asked for. Leave the option out or train under another name.");
            }
        }
        catch (PolicyFormatException exception)
        {
            throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' cannot be trained on: {exception.Message}", exception);
        }
    }

    private async Task<PolicyManifest> UpdateAsync(
        TrainingOrder order, PolicyHead head, ImmutableArray<TransitionEntry> entries, CancellationToken cancellationToken)
    {
        var world = await worlds.GetAsync(order.World, cancellationToken);
        var included = entries.Where(entry => entry.Trajectory is not null).ToArray();
        var trajectories = new List<Episode>(included.Length);
        var (turns, staleness, damaged) = (head.Latest.Turns, 0, 0);
        foreach (var entry in included.TakeWhile(_ => order.UntilTurns == 0 || turns < order.UntilTurns))
        {
            try
            {
                trajectories.Add(EpisodeCodec.Decode(await blobs.GetAsync(entry.Trajectory!, cancellationToken)));
            }
            catch (StorageException exception) when (StorageException.IsDamage(exception))
            {
                LogDamage(this.GetPrimaryKeyString(), entry.Ordinal, exception.Message);
                damaged++;
                continue;
            }

            turns += trajectories[^1].Steps.Length;
            staleness += head.Latest.Version - entry.Version;
        }

        var learner = host.Resume(await LearnerAsync(head, cancellationToken), head.Latest, order.Settings);
        var threads = options.Value.LearnerThreads > 0 ? options.Value.LearnerThreads : Environment.ProcessorCount;
        var metrics = await thread.RunAsync(() => Learn(TrainingMethods.Create(order.Settings.Method), learner, [.. trajectories], world, threads, cancellationToken), cancellationToken);
        metrics = metrics.SetItem("staleness", (double)staleness / trajectories.Count);
        var consumed = entries.Aggregate(OrdinalSet.Empty, (set, entry) => set.Add(entry.Ordinal));
        var manifest = await blobs.PutAsync(this.GetPrimaryKeyString(), learner.State, head.Latest.Version + 1, order.Run, consumed, order.Settings, cancellationToken);
        _learner = (manifest.Weights, learner.State);
        var shift = order.FirstOrdinal - state.State.First;
        var episodes = entries.Aggregate(OrdinalSet.Empty, (set, entry) => set.Add(entry.Ordinal + shift));
        return manifest with { Excluded = entries.Length - included.Length + damaged, Metrics = metrics, Turns = turns, Episodes = episodes };
    }

    // Without its newest version a policy cannot be trained, however often it is tried; its other versions and all that they decide go on.
    private async Task<LearnerState> LearnerAsync(PolicyHead head, CancellationToken cancellationToken)
    {
        if (_learner is { } kept && kept.Weights == head.Latest.Weights)
        {
            return kept.State;
        }

        var policy = this.GetPrimaryKeyString();
        try
        {
            return (await blobs.GetAsync(head.Latest, withLearner: true, cancellationToken)).State!;
        }
        catch (StorageException exception) when (StorageException.Damage(exception) is { } damage)
        {
            throw new PolicyFormatException(
                $"{policy}@{head.Latest.Version}", $"training cannot go on from this version: {damage} Then start the training of '{policy}' again, as another run; or train under another name.", exception);
        }
    }

    private ImmutableSortedDictionary<string, double> Learn(
        IMethod method, PolicyLearner learner, Episode[] trajectories, IWorld world, int threads, CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Training of {Policy} goes on without ordinal {Ordinal}, whose trajectory cannot be read: {Reason}")]
    private partial void LogDamage(string policy, long ordinal, string reason);
}
