using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using Xunit;
using static StepTool.Tests.Evaluation.OutcomeBuilder;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class MetricTests
{
    private static readonly Outcome Solved = Outcome("a", Verdict.Solved) with { Calls = 4, Called = 3, Relevant = 2, RelevantCalled = 2, StrictPass = true };
    private static readonly Outcome Unsure = Outcome("b", Verdict.Unsure) with { Calls = 2, Called = 2, Relevant = 2, RelevantCalled = 1 };
    private static readonly Outcome GaveUp = Outcome("c", Verdict.Unsolved) with { Ending = EpisodeStatus.GaveUp, Calls = 0, Called = 0, Relevant = 1, RelevantCalled = 0 };
    private static readonly Outcome[] All = [Solved, Unsure, GaveUp];

    [Fact]
    public void Mean_PassRate_CountsUnsureHalf() => Assert.Equal(0.5, Metric.PassRate.Mean(All));

    [Fact]
    public void Mean_StrictPass_IsShare() => Assert.Equal(1 / 3.0, Metric.StrictPass.Mean(All)!.Value, 12);

    [Fact]
    public void Mean_Recall_AveragesEpisodes() => Assert.Equal((1 + 0.5 + 0) / 3, Metric.Recall.Mean(All)!.Value, 12);

    [Fact]
    public void Mean_Precision_LeavesOutEpisodesWithoutCall() => Assert.Equal(((2 / 3.0) + 0.5) / 2, Metric.Precision.Mean(All)!.Value, 12);

    [Fact]
    public void Mean_EfficientPass_ScalesByNeededCalls() =>
        Assert.Equal(((1 * 2 / 4.0) + (0.5 * 1) + 0) / 3, Metric.EfficientPass.Mean(All)!.Value, 12);

    [Fact]
    public void Mean_EfficientPassWithFewerCallsThanRelevant_IsAtMostPass() =>
        Assert.Equal(1, Metric.EfficientPass.Mean([Solved with { Calls = 1 }]));

    [Fact]
    public void Mean_EfficientPassWithoutKnownRelevant_IsPass() =>
        Assert.Equal(1, Metric.EfficientPass.Mean([Solved with { Relevant = 0 }]));

    [Fact]
    public void Mean_FinishRate_GivingUpIsNoFinish() => Assert.Equal(2 / 3.0, Metric.FinishRate.Mean(All)!.Value, 12);

    [Fact]
    public void Mean_PassGivenFinish_LeavesOutTheRest() => Assert.Equal(0.75, Metric.PassGivenFinish.Mean(All));

    [Fact]
    public void Mean_CallsPerEpisode_Averages() => Assert.Equal(2, Metric.CallsPerEpisode.Mean(All));

    [Fact]
    public void Mean_PassAtCalls_ReadsEachNumber() =>
        Assert.Equal([0, 1, 1, 1, 1], Metric.PassAtCalls.Select(metric => metric.Mean([Outcome("a", Verdict.Solved)])!.Value));

    [Fact]
    public void Mean_NothingCounts_IsNull() => Assert.Null(Metric.Recall.Mean([Solved with { Relevant = 0 }]));

    [Fact]
    public void Of_Faults_CountsByBoundary()
    {
        Outcome[] outcomes = [Solved, GaveUp with { Fault = FaultBoundary.Tool }, GaveUp with { Fault = FaultBoundary.Tool }, GaveUp with { Fault = FaultBoundary.Judge },
            GaveUp with { Ending = EpisodeStatus.Cancelled }];

        var counts = FaultCounts.Of(outcomes);

        Assert.Equal(new FaultCounts(2, 0, 0, 1, 1), counts);
        Assert.Equal(3, counts.Faults);
        Assert.Equal(new FaultCounts(4, 0, 0, 2, 2), counts.Plus(counts));
    }

    [Fact]
    public void Of_Agreement_TakesChanceOut()
    {
        // First says solved 2 of 4, second 3 of 4; 3 agree: 0.75 against 0.5 * 0.75 + 0.5 * 0.25 = 0.5 by chance.
        var agreement = JudgeAgreement.Of(
            "all",
            [Verdict.Solved, Verdict.Solved, Verdict.Unsolved, Verdict.Unsolved],
            [Verdict.Solved, Verdict.Solved, Verdict.Solved, Verdict.Unsolved]);

        Assert.Equal(0.75, agreement.Agreement);
        Assert.Equal(0.5, agreement.Kappa, 12);
    }

    [Fact]
    public void Of_AgreementOfConstants_HasNoKappa() =>
        Assert.Equal(0, JudgeAgreement.Of("all", [Verdict.Solved, Verdict.Solved], [Verdict.Solved, Verdict.Solved]).Kappa);
}
