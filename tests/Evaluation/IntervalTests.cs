using StepTool.Core.Evaluation;
using Xunit;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class IntervalTests
{
    [Fact]
    public void Percentile_HundredAndOneDraws_TakesInterpolatedQuantiles()
    {
        // 0..100 ascending: the 2.5 % quantile stands at position 2.5, the 97.5 % quantile at 97.5.
        var draws = Enumerable.Range(0, 101).Select(draw => (double)draw).Reverse().ToArray();

        Assert.Equal(new Interval(50, 2.5, 97.5), Interval.Percentile(50, draws));
    }

    [Fact]
    public void Percentile_ShiftedAndScaled_MovesAlong()
    {
        double[] draws = [3, 1, 4, 1, 5, 9, 2, 6];
        var plain = Interval.Percentile(4, draws)!;
        var moved = Interval.Percentile((2 * 4) + 10, draws.Select(draw => (2 * draw) + 10).ToArray())!;

        Assert.Equal((2 * plain.Low) + 10, moved.Low, 12);
        Assert.Equal((2 * plain.High) + 10, moved.High, 12);
    }

    [Fact]
    public void Percentile_UndefinedDraws_LeavesThemOut() =>
        Assert.Equal(Interval.Percentile(2, [1, 2, 3]), Interval.Percentile(2, [double.NaN, 3, double.NaN, 1, 2]));

    [Fact]
    public void Percentile_OneDraw_IsItsOwnInterval() => Assert.Equal(new Interval(7, 7, 7), Interval.Percentile(7, [7]));

    [Fact]
    public void Percentile_NoDefinedDraw_IsNull() => Assert.Null(Interval.Percentile(1, [double.NaN]));

    [Theory]
    [InlineData(0.1, 0.2, true)]
    [InlineData(-0.2, -0.1, true)]
    [InlineData(-0.1, 0.1, false)]
    [InlineData(0, 0.1, false)]
    public void ExcludesZero_ByEnds_TouchingIsNotExcluding(double low, double high, bool expected) =>
        Assert.Equal(expected, new Interval((low + high) / 2, low, high).ExcludesZero);
}
