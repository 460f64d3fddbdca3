using StepTool.Bench.Fleet;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Crashes;

/// <summary>What must hold however many silos died meanwhile. Each violation is a sentence.</summary>
internal static class Ledger
{
    /// <summary>Ended episodes of all stages.</summary>
    internal static long Done(RunStatus status) => status.Stages.Sum(stage => stage.Done);

    /// <summary>Each task has ended once, and what the run counts is what its outcomes say.</summary>
    /// <param name="status">The run's own word.</param>
    /// <param name="tasks">Tasks that it was given: ordinals from 0 up to this one.</param>
    /// <param name="outcomes">All that it tells.</param>
    internal static IEnumerable<string> Check(RunStatus status, long tasks, IReadOnlyList<RolloutOutcome> outcomes)
    {
        if (outcomes.Count != tasks || !outcomes.Select(outcome => outcome.Ordinal).Order().Index().All(pair => pair.Item == pair.Index))
        {
            yield return $"Run {status.Run} has {outcomes.Count} outcomes of {outcomes.Select(outcome => outcome.Ordinal).Distinct().Count()} tasks; each of its {tasks} must have one.";
        }

        var faults = FaultCounts.Of(outcomes.Select(outcome => outcome.Result));
        var told = (Done(status), status.Stages.Sum(stage => stage.Faults), status.Stages.Sum(stage => stage.Turns), Math.Round(status.Stages.Sum(stage => stage.Return), 6));
        var counted = (tasks, (long)faults.Faults + faults.Cancelled, outcomes.Sum(outcome => (long)outcome.Result.Turns), Math.Round(outcomes.Sum(outcome => outcome.Return), 6));
        if (told != counted)
        {
            yield return $"Run {status.Run} counts {told} tasks ended, faults, turns and return; its outcomes come to {counted}.";
        }
    }

    /// <summary>The versions are one chain that has learnt from each training ordinal once, and counts those that it had to leave out.</summary>
    /// <param name="versions">All versions, oldest first.</param>
    /// <param name="trained">Training ordinals that were ordered: from 0 up to this one.</param>
    /// <param name="excluded">How many of them ended by a fault.</param>
    internal static IEnumerable<string> Check(IReadOnlyList<PolicyManifest> versions, long trained, int excluded)
    {
        var consumed = OrdinalSet.Empty;
        foreach (var (index, version) in versions.Index())
        {
            if (version.Version != index || version.Parent != index - 1)
            {
                yield return $"Version {version.Version} with parent {version.Parent} stands at place {index} of the chain.";
            }

            var union = consumed.Union(version.Consumed);
            if (union.Count != consumed.Count + version.Consumed.Count)
            {
                yield return $"Version {version.Version} has learnt from ordinals that an earlier one had learnt from.";
            }

            consumed = union;
        }

        if (consumed.Count != trained || consumed.End != trained)
        {
            yield return $"{consumed.Count} training episodes up to {consumed.End} were learnt from; it must be all of {trained}.";
        }

        if (versions.Sum(version => version.Excluded) is var left && left != excluded)
        {
            yield return $"The versions say that they left out {left} training episodes; {excluded} ended by a fault.";
        }
    }

    /// <summary>What a report counts is what the run's outcomes say.</summary>
    /// <param name="report">The report of the run alone.</param>
    /// <param name="outcomes">All that the run tells.</param>
    /// <param name="trained">Its training ordinals: from 0 up to this one. The others were measured.</param>
    internal static IEnumerable<string> Check(Report report, IReadOnlyList<RolloutOutcome> outcomes, long trained)
    {
        var learnt = outcomes.Where(outcome => outcome.Ordinal < trained).Select(outcome => outcome.Result).ToList();
        var measured = outcomes.Where(outcome => outcome.Ordinal >= trained).Select(outcome => outcome.Result).ToList();
        var method = report.Methods.Single();
        var told = (report.Tasks, method.ByDepth.Sum(slice => slice.Tasks), method.ByKind.Sum(slice => slice.Tasks), method.Excluded, method.ExcludedFromTraining);
        var counted = (measured.Count, measured.Count, measured.Count, FaultCounts.Of(measured), FaultCounts.Of(learnt));
        if (told != counted)
        {
            yield return $"The report counts {told} tasks, by depth, by kind, left out and left out of training; its run's outcomes come to {counted}.";
        }
    }

    /// <summary>
    /// What changes something was called once at most. What a trajectory says was changed was changed, and what was changed is either a step of its trajectory
    /// or the call whose unknown outcome ended the episode.
    /// </summary>
    /// <param name="calls">What the server has seen.</param>
    /// <param name="episodes">All trajectories.</param>
    internal static IEnumerable<string> Check(IReadOnlyDictionary<string, CallCounter.Seen> calls, IReadOnlyCollection<Episode> episodes)
    {
        foreach (var (key, seen) in calls.Where(call => call.Value is { Mutates: true, Times: > 1 }))
        {
            yield return $"Call {key}, which changes something, was sent {seen.Times} times.";
        }

        var known = episodes.SelectMany(episode => episode.Steps.Index().Where(step => step.Item.Call is not null).Select(step => KeyOf(episode, step.Index, step.Item.Call!)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var step in episodes.SelectMany(Mutations).Where(key => !calls.ContainsKey(key)))
        {
            yield return $"Step {step} is in its trajectory, and no tool was called for it.";
        }

        var unknown = episodes.Where(episode => episode is { Fault: { Boundary: FaultBoundary.Tool, Tool: ToolFaultKind.OutcomeUnknown }, Pending: not null })
            .Select(episode => KeyOf(episode, episode.Steps.Length, EpisodeEngine.Request(episode, ToolMode.Live).Call)).ToHashSet(StringComparer.Ordinal);
        foreach (var key in calls.Where(call => call.Value.Mutates && !known.Contains(call.Key) && !unknown.Contains(call.Key)).Select(call => call.Key))
        {
            yield return $"Call {key} was made; it is no step of its trajectory, nor the one whose unknown outcome ended its episode.";
        }
    }

    private static IEnumerable<string> Mutations(Episode episode) => episode.Steps.Index()
        .Where(step => step.Item.Call is { } call && (episode.Id.Run == Orders.Run ? call.Api.Api != CallCounter.Find : CountedCaller.Mutates(call.Api)))
        .Select(step => KeyOf(episode, step.Index, step.Item.Call!));

    private static string KeyOf(Episode episode, int step, ToolCall call) => Orders.KeyOf(episode, call) ?? episode.Id.CallId(step);
}
