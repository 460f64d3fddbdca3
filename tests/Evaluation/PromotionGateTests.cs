using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using Xunit;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class PromotionGateTests
{
    [Theory]
    [InlineData(20, 20, true)]  // the same
    [InlineData(30, 20, true)]  // better
    [InlineData(18, 20, true)]  // worse, but not beyond the interval
    [InlineData(8, 20, false)]  // worse beyond it
    public void Decide_TasksPassed_RefusesOnlyWhatIsWorseBeyondTheInterval(int candidate, int serving, bool passes)
    {
        var verdict = PromotionGate.Decide(Passing(candidate), Passing(serving));

        Assert.Equal((passes, 40), (verdict.Passes, verdict.Tasks));
        Assert.Equal((candidate - serving) / 40.0, verdict.Difference!.Mean, 12);
        Assert.Equal(passes, verdict.Difference.High >= 0);
    }

    [Fact]
    public void Decide_OneTaskForAllComponents_IsTheDifferenceItself()
    {
        // By hand: one component, so every draw takes it; 1 of 2 passes against 2 of 2.
        var verdict = PromotionGate.Decide(
            [OutcomeBuilder.Outcome("a", Verdict.Solved, component: "one"), OutcomeBuilder.Outcome("b", Verdict.Unsolved, component: "one")],
            [OutcomeBuilder.Outcome("a", Verdict.Solved, component: "one"), OutcomeBuilder.Outcome("b", Verdict.Solved, component: "one")]);

        Assert.Equal(new GateVerdict(false, 2, new Interval(-0.5, -0.5, -0.5)), verdict);
    }

    [Theory]
    [InlineData(EpisodeStatus.Faulted)]
    [InlineData(EpisodeStatus.Cancelled)]
    public void Decide_FaultsOfEither_CountForNeither(EpisodeStatus ending)
    {
        var candidate = Passing(40).Select((outcome, index) => index < 30 ? outcome with { Ending = ending, Verdict = Verdict.Unsolved } : outcome).ToList();

        Assert.Equal(new GateVerdict(true, 10, new Interval(0, 0, 0)), PromotionGate.Decide(candidate, Passing(40)));
        Assert.Equal(10, PromotionGate.Decide(Passing(40), candidate).Tasks);
        Assert.Equal(new GateVerdict(false, 0, null), PromotionGate.Decide(candidate.Take(30), Passing(40)));
    }

    // The first tasks pass, so that the ones of the weaker are among those of the stronger.
    private static List<Outcome> Passing(int passed) =>
        [.. Enumerable.Range(0, 40).Select(task => OutcomeBuilder.Outcome($"task-{task:00}", task < passed ? Verdict.Solved : Verdict.Unsolved))];
}
