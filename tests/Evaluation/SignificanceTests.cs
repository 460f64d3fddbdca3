using StepTool.Core.Evaluation;
using Xunit;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class SignificanceTests
{
    [Fact]
    public void Holm_TextbookFamily_StepsDown()
    {
        // Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04, the last lifted to 0.06.
        var adjusted = Significance.Holm([0.01, 0.04, 0.03, 0.005]);

        Assert.Equal([0.03, 0.06, 0.06, 0.02], adjusted.Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void Holm_Permuted_PermutesAlike()
    {
        var plain = Significance.Holm([0.2, 0.01, 0.03]);
        var permuted = Significance.Holm([0.03, 0.2, 0.01]);

        Assert.Equal([plain[2], plain[0], plain[1]], permuted);
    }

    [Fact]
    public void Holm_FamilyOfOne_StaysAsItIs() => Assert.Equal([0.04], Significance.Holm([0.04]));

    [Fact]
    public void Holm_LargeValues_StopAtOne() => Assert.Equal([1, 1], Significance.Holm([0.6, 0.9]));

    [Fact]
    public void Holm_Empty_IsEmpty() => Assert.Empty(Significance.Holm([]));

    [Fact]
    public void PValue_OneDrawOfNineBelowZero_CountsBothSides()
    {
        // 1 draw at or below 0, with the estimate 2 of 10: p = 2 * 2 / 10.
        Assert.Equal(0.4, Significance.PValue([-1, 1, 1, 1, 1, 1, 1, 1, 1]), 12);
    }

    [Fact]
    public void PValue_Negated_IsTheSame()
    {
        double[] draws = [-0.3, 0.1, 0.2, 0.4, 0.5];

        Assert.Equal(Significance.PValue(draws), Significance.PValue(draws.Select(draw => -draw).ToArray()));
    }

    [Fact]
    public void PValue_AllZero_IsOne() => Assert.Equal(1, Significance.PValue([0, 0, 0]));
}
