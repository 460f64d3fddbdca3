using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class OutcomeTests
{
    private static readonly ApiKey First = new("weather", "forecast", "daily");
    private static readonly ApiKey Second = new("weather", "forecast", "hourly");
    private static readonly TaskLabels Labels = new(Split.Test, "c1", "built-in", 2, "plain");

    [Fact]
    public void From_FinishedEpisode_CountsItsSteps()
    {
        var episode = Ended(EpisodeStatus.Finished, Call(First, true), Call(First, false), Call(Second, true), Finish());

        var outcome = Outcome.From(episode, new Judgement(Verdict.Solved, true, 2, 2, 2), Labels, "steptool", 7, Judge);

        Assert.Equal((4, 3, 2, 2, 2, 2), (outcome.Turns, outcome.Calls, outcome.SuccessfulCalls, outcome.Called, outcome.Relevant, outcome.RelevantCalled));
        Assert.Equal(("t1", "steptool", 7, true, 0.75), (outcome.Task, outcome.Policy, outcome.Seed, outcome.StrictPass, outcome.Return));
        Assert.Equal(Labels, outcome.Labels);
    }

    [Fact]
    public void From_PrefixesOfLongEpisode_AreJudgedByTheirCalls()
    {
        var episode = Ended(EpisodeStatus.Finished, Call(First, true), Call(First, true), Call(Second, true), Finish());

        var outcome = Outcome.From(episode, new Judgement(Verdict.Solved, false, 2, 2, 2), Labels, "steptool", 1, Judge);

        Assert.Equal([Verdict.Unsolved, Verdict.Unsolved, Verdict.Solved, Verdict.Solved, Verdict.Solved], outcome.PassAtCalls.AsEnumerable());
    }

    [Fact]
    public void From_NeverFinished_PassesOnlyWhereItWasCutBefore()
    {
        // Both relevant calls after two turns, then it went on to its budget's end.
        var episode = Ended(EpisodeStatus.Truncated, Call(First, true), Call(Second, true), Call(First, true));

        var outcome = Outcome.From(episode, new Judgement(Verdict.Unsolved, false, 2, 2, 2), Labels, "steptool", 1, Judge);

        Assert.Equal([Verdict.Unsolved, Verdict.Solved, Verdict.Unsolved, Verdict.Unsolved, Verdict.Unsolved], outcome.PassAtCalls.AsEnumerable());
    }

    [Fact]
    public void From_Faulted_IsUnsolvedWithItsBoundary()
    {
        var episode = Ended(EpisodeStatus.Faulted, Call(First, true)) with { Fault = new EpisodeFault(FaultBoundary.Policy, "endpoint down") };

        var outcome = Outcome.From(episode, null, Labels, "steptool", 1, Judge);

        Assert.Equal((Verdict.Unsolved, FaultBoundary.Policy, 1), (outcome.Verdict, outcome.Fault, outcome.Called));
        Assert.Equal(Outcome.MaxCalls, outcome.PassAtCalls.Length);
    }

    [Fact]
    public void From_RunningEpisode_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Outcome.From(Ended(EpisodeStatus.Running), null, Labels, "steptool", 1, Judge));

    [Fact]
    public void From_FinishedWithoutJudgement_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Outcome.From(Ended(EpisodeStatus.Finished, Finish()), null, Labels, "steptool", 1, Judge));

    [Fact]
    public void Of_Prefix_EndsByFinishAfterThatManyCalls()
    {
        var prefix = EpisodePrefix.Of(Ended(EpisodeStatus.Finished, Call(First, false), Call(Second, true), Finish()), 1);

        Assert.Equal(2, prefix.Steps.Length);
        Assert.IsType<Finish>(prefix.Steps[^1].Decision.Action);
        Assert.Equal((EpisodeStatus.Finished, ""), (prefix.Status, prefix.FinalAnswer));
    }

    [Fact]
    public void Of_PrefixNoShorter_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EpisodePrefix.Of(Ended(EpisodeStatus.Finished, Call(First, true), Finish()), 1));

    [Fact]
    public void JudgedBy_Prefix_ComposesItsOwnAnswer()
    {
        var episode = Ended(EpisodeStatus.Finished, Call(First, true) with { Observation = """{"rain":"12 mm"}""" }, Call(Second, true), Finish()) with { FinalAnswer = "later" };

        var judgement = EpisodePrefix.JudgedBy(new RainJudge())(EpisodePrefix.Of(episode, 1));

        Assert.Equal(Verdict.Solved, judgement.Verdict);
    }

    private static Judgement Judge(Episode prefix)
    {
        var called = prefix.Steps.Where(step => step.Success && step.Call is not null).Select(step => step.Call!.Api).Distinct().Count();
        return new Judgement(called == 2 ? Verdict.Solved : Verdict.Unsolved, false, called, 2, called);
    }

    private static Episode Ended(EpisodeStatus status, params Step[] steps) => new()
    {
        Id = new EpisodeId("run", 3),
        World = "world",
        Task = new AgentTask { Id = "t1", Query = "how much rain falls", Offered = [First, Second], MaxTurns = 6 },
        Steps = [.. steps],
        Status = status,
        FinalAnswer = status == EpisodeStatus.Finished ? "answer" : "",
    };

    private static Step Call(ApiKey api, bool success) => new() { Decision = new Decision(new CallApi(new ToolCall(api, "{}")), -1), Success = success, Reward = 0.25 };

    private static Step Finish() => new() { Decision = new Decision(new Finish(), 0), Status = ToolStatus.FinalAnswer, Success = true };

    private sealed class RainJudge : IJudge
    {
        public Judgement Judge(Episode episode) => new(episode.FinalAnswer.Contains("12 mm", StringComparison.Ordinal) ? Verdict.Solved : Verdict.Unsolved, false, 0, 0, 0);
    }
}
