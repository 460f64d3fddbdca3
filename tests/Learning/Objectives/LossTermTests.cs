using StepTool.Learning.Objectives;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

[Trait("Kind", "Unit")]
public sealed class LossTermTests
{
    [Theory]
    [InlineData(1.1, 2, -2.2, -2.2, false)]
    [InlineData(1.5, 2, -2.4, 0, true)]
    [InlineData(0.5, 2, -1, -1, false)]
    [InlineData(1.5, -2, 3, 3, false)]
    [InlineData(0.5, -2, 1.6, 0, true)]
    [InlineData(1.5, 0, 0, 0, false)]
    public void ClippedPolicyLoss_RatioAndAdvantage_IsTheHandComputedTerm(double ratio, double advantage, double loss, double slope, bool clipped)
    {
        var term = ClippedPolicyLoss.Evaluate(Math.Log(ratio) - 3, -3, advantage, 0.2);

        Assert.Equal(loss, term.Loss, 9);
        Assert.Equal(slope, term.Slope, 9);
        Assert.Equal(clipped, term.IsClipped);
    }

    [Fact]
    public void ClippedPolicyLoss_BothLogProbabilitiesShifted_IsTheSame()
    {
        var near = ClippedPolicyLoss.Evaluate(-1, -1.1, 0.7, 0.2);
        var far = ClippedPolicyLoss.Evaluate(-9, -9.1, 0.7, 0.2);

        Assert.Equal(near.Loss, far.Loss, 9);
    }

    [Fact]
    public void ClippedPolicyLoss_HugeLogRatio_StaysFinite() => Assert.True(double.IsFinite(ClippedPolicyLoss.Evaluate(0, -1e30, -1, 0.2).Loss));

    [Theory]
    [InlineData(1.0, 1.0, 2.0, 0.5, -1, false)]
    [InlineData(1.5, 1.0, 2.0, 0.32, 0, true)]
    [InlineData(0.5, 1.0, 2.0, 1.125, -1.5, false)]
    [InlineData(2.0, 2.0, 2.0, 0, 0, false)]
    public void ClippedValueLoss_ValueAndTarget_IsTheHandComputedTerm(double value, double earlier, double target, double loss, double slope, bool clipped)
    {
        var term = ClippedValueLoss.Evaluate(value, earlier, target, 0.2);

        Assert.Equal(loss, term.Loss, 9);
        Assert.Equal(slope, term.Slope, 9);
        Assert.Equal(clipped, term.IsClipped);
    }

    [Fact]
    public void ClippedValueLoss_EverythingShifted_IsTheSame() =>
        Assert.Equal(ClippedValueLoss.Evaluate(1.5, 1, 2, 0.2).Loss, ClippedValueLoss.Evaluate(11.5, 11, 12, 0.2).Loss, 9);

    [Fact]
    public void Kl_TwoCandidates_IsTheHandComputedSum()
    {
        // 0.75 ln(0.75 / 0.5) + 0.25 ln(0.25 / 0.5) = 0.130812.
        Assert.Equal(0.130812, CandidateDistribution.Kl(Logs(0.75f, 0.25f), Logs(0.5f, 0.5f)), 5);
    }

    [Fact]
    public void Kl_SameDistribution_IsZero() => Assert.Equal(0, CandidateDistribution.Kl(Logs(0.2f, 0.3f, 0.5f), Logs(0.2f, 0.3f, 0.5f)), 9);

    [Fact]
    public void Kl_CandidatesInAnotherOrder_IsTheSame() =>
        Assert.Equal(CandidateDistribution.Kl(Logs(0.2f, 0.3f, 0.5f), Logs(0.6f, 0.3f, 0.1f)), CandidateDistribution.Kl(Logs(0.5f, 0.2f, 0.3f), Logs(0.1f, 0.6f, 0.3f)), 9);

    [Fact]
    public void Kl_OtherLength_NamesBoth()
    {
        var exception = Assert.Throws<ArgumentException>(() => CandidateDistribution.Kl(new float[2], new float[3]));

        Assert.Contains("[2] and [3]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entropy_Uniform_IsTheLogOfTheNumber() => Assert.Equal(Math.Log(4), CandidateDistribution.Entropy(Logs(0.25f, 0.25f, 0.25f, 0.25f)), 6);

    [Fact]
    public void Entropy_OneCandidate_IsZero() => Assert.Equal(0, CandidateDistribution.Entropy([0f]));

    private static float[] Logs(params float[] probabilities) => [.. probabilities.Select(probability => MathF.Log(probability))];
}
