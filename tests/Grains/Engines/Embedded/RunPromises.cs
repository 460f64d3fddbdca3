using System.Collections.Immutable;
using System.Globalization;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What is promised of one run.</summary>
internal sealed class RunPromises(Ground ground)
{
    private readonly Dictionary<long, HashSet<string>> _underWay = []; // calls that may have been on their way when their ordinal was cancelled

    /// <summary>What it has stored.</summary>
    public RunState State { get; private set; } = new();

    /// <summary>Episodes that ended.</summary>
    public long Episodes { get; private set; }

    /// <summary>Episodes that ended since the outcome of a call is unknown.</summary>
    public int Unknown { get; private set; }

    /// <summary>Episodes that went on behind a fault.</summary>
    public int Resumed { get; private set; }

    /// <summary>Whether it has come to its end; a standing run, whether it has no task left.</summary>
    public bool IsDone => State.Phase is RunPhase.Cancelled or RunPhase.Failed || (State.Resumed.IsEmpty && (State.Phase is not RunPhase.Running || State is { Plan.Serves: not null, Progress: [var queue] } && queue.Done == queue.Total));

    public override string ToString() => $"{State.Phase} {State.Failure}, open again [{string.Join(", ", State.Resumed.Keys)}], {string.Join(", ", State.Progress)}";

    /// <summary>Its state was stored while some of its episodes had an intent to call.</summary>
    public void Stored(RunState after, IEnumerable<Episode> intents)
    {
        Assert.DoesNotContain(State.Completed.Ordinals(), ordinal => !after.Completed.Contains(ordinal) && !after.Resumed.ContainsKey(ordinal)); // none is lost
        Assert.Equal(after.Completed.Count, after.Progress.Sum(stage => stage.Done));
        Assert.True(Outcomes(after) >= Outcomes(State) && Outcomes(after) >= after.Completed.Count, "Outcomes got lost.");
        Assert.All(after.Progress, stage => Assert.True(
            Math.Min(Math.Min(stage.Faults, stage.Cancelled), stage.Turns) >= 0 && stage.Passed >= 0 && stage.Faults + stage.Cancelled + stage.Passed <= stage.Done && stage.Done <= stage.Total, $"{stage}"));
        Assert.True(State.Phase is RunPhase.Running or RunPhase.Unknown || after.Phase == State.Phase, $"{State.Phase} became {after.Phase}.");
        foreach (var pending in intents.Where(episode => IsCancelled(after, episode.Id.Ordinal) && !IsCancelled(State, episode.Id.Ordinal)))
        {
            _underWay.TryAdd(pending.Id.Ordinal, []);
            _underWay[pending.Id.Ordinal].Add(EpisodeEngine.Request(pending, ToolMode.Live).CallId);
        }

        State = after;
    }

    /// <summary>A call that changes something was sent.</summary>
    public void Sent(string call)
    {
        var ordinal = EpisodeId.Parse(call.Split('#')[0]).Ordinal;
        Assert.True(!IsCancelled(State, ordinal) || (_underWay.TryGetValue(ordinal, out var calls) && calls.Contains(call)), $"Call {call} was sent although it was cancelled before.");
    }

    /// <summary>All is over.</summary>
    public void Kept(ImmutableArray<RolloutOutcome> outcomes, RunStatus status)
    {
        Assert.True(status is { Phase: RunPhase.Completed or RunPhase.Cancelled, Failure: "" } or { Phase: RunPhase.Running, Stages: [{ Kind: "serve" }] } || HadNothingToLearnFrom(status), $"{status.Phase}: {status.Failure}");
        var rollouts = outcomes.GroupBy(outcome => outcome.Ordinal).Select(rollout => rollout.OrderBy(outcome => outcome.Resumed).ToArray()).ToArray();
        Assert.All(rollouts, IsOneAttemptAfterTheOther);
        var last = rollouts.Select(attempts => attempts[^1]).Where(outcome => !State.Resumed.ContainsKey(outcome.Ordinal)).ToArray();
        Assert.Equal(
            (last.Length, Ended(last, EpisodeStatus.Faulted), Ended(last, EpisodeStatus.Cancelled), last.Sum(outcome => outcome.Result.Turns), last.Sum(outcome => (int)outcome.Result.Verdict * 0.5)),
            (Sum(stage => stage.Done), Sum(stage => stage.Faults), Sum(stage => stage.Cancelled), Sum(stage => stage.Turns), status.Stages.Sum(stage => stage.Passed)));
        Assert.Equal(last.Sum(outcome => outcome.Return), status.Stages.Sum(stage => stage.Return), 1e-6);
        Assert.True(status.Phase is RunPhase.Cancelled or RunPhase.Failed || status.Stages.All(stage => stage.Done == stage.Total), "Some have not ended.");
        Assert.Equal(status.Stages.Where(_ => State.Plan!.Serves is not null).Sum(stage => stage.Total), State.Chunks.Sum(chunk => chunk.Count));
        Assert.All(last.Where(outcome => outcome.Status is EpisodeStatus.Faulted && State.Phase is RunPhase.Running or RunPhase.Completed), outcome => Assert.Contains("was removed", Trajectory(outcome).Fault!.Message, StringComparison.Ordinal));
        Assert.All(ground.Tools.Changed.Keys.Where(call => EpisodeId.Parse(call.Split('#')[0]).Run == State.Plan!.Run), call => Assert.True(
            outcomes.Any(outcome => call.StartsWith($"{State.Plan!.Run}/{outcome.Ordinal}#", StringComparison.Ordinal) && HasSent(Trajectory(outcome), call)), $"No trajectory tells of call {call}, which was sent."));
        (Episodes, Resumed) = (rollouts.Length, outcomes.Length - rollouts.Length);
        Unknown = outcomes.Count(outcome => outcome.Status is EpisodeStatus.Faulted && Trajectory(outcome).Fault?.Tool is ToolFaultKind.OutcomeUnknown);

        int Sum(Func<StageProgress, long> of) => (int)status.Stages.Sum(of);
    }

    /// <summary>What is to be learnt from an outcome; null where it is excluded.</summary>
    public string? Learnt(RolloutOutcome outcome) => Trajectory(outcome).IsExcluded ? null : outcome.Trajectory;

    // Each goes on from where the fault ended the one before it.
    private void IsOneAttemptAfterTheOther(RolloutOutcome[] attempts)
    {
        Assert.Equal(Enumerable.Range(0, attempts.Length), attempts.Select(outcome => outcome.Resumed));
        Assert.All(attempts[..^1], outcome => Assert.Equal(EpisodeStatus.Faulted, outcome.Status));
        for (var attempt = 1; attempt < attempts.Length; attempt++)
        {
            var (before, after) = (Trajectory(attempts[attempt - 1]), Trajectory(attempts[attempt]));
            Assert.Equal(before.Steps.Select(step => step.Call), after.Steps.Take(before.Steps.Length).Select(step => step.Call));
        }
    }

    // As a step, or as the call of unknown outcome that ended the episode.
    private static bool HasSent(Episode episode, string call)
    {
        var turn = int.Parse(call.Split('#')[1], CultureInfo.InvariantCulture);
        return turn < episode.Steps.Length
            ? episode.Steps[turn].Call?.Api == TinyWorld.Order
            : turn == episode.Steps.Length && episode is { Fault.Tool: ToolFaultKind.OutcomeUnknown, Pending.Action: CallApi };
    }

    // A whole batch of episodes that faults ended.
    private static bool HadNothingToLearnFrom(RunStatus status) => status.Phase is RunPhase.Failed && status.Failure.Contains("None of 0 trajectories", StringComparison.Ordinal);

    private static bool IsCancelled(RunState run, long ordinal) => run.Phase is RunPhase.Cancelled || run.Cancelled.Contains(ordinal);

    private static long Outcomes(RunState run) => OutcomeLog.Sealed(run) + run.Tail.Length;

    private static int Ended(RolloutOutcome[] outcomes, EpisodeStatus status) => outcomes.Count(outcome => outcome.Status == status);

    private Episode Trajectory(RolloutOutcome outcome) => EpisodeCodec.Decode(ground.Blobs.GetAsync(outcome.Trajectory, default).AsTask().GetAwaiter().GetResult());
}
