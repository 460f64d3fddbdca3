using StepTool.Learning.Objectives;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

[Trait("Kind", "Unit")]
public sealed class CreditTests
{
    [Fact]
    public void GeneralisedAdvantage_ThreeSteps_IsTheHandComputedSum()
    {
        // gamma 0.5, lambda 0.5; deltas: 1 + 0.5*4 - 2 = 1; 0 + 0.5*1 - 4 = -3.5; 2 + 0 - 1 = 1.
        // Advantages from the end: 1; -3.5 + 0.25*1 = -3.25; 1 + 0.25*-3.25 = 0.1875.
        var (advantages, returns) = Gae([1, 0, 2], [2, 4, 1], 0.5, 0.5);

        Assert.Equal([0.1875f, -3.25f, 1f], advantages);
        Assert.Equal([2.1875f, 0.75f, 2f], returns);
    }

    [Fact]
    public void GeneralisedAdvantage_LambdaOne_IsReturnToGoMinusValue()
    {
        float[] rewards = [0.5f, -1, 2, 0.25f];
        float[] values = [3, 1, -2, 0.5f];
        // From the end: 0.25; 2 + 0.9 * 0.25 = 2.225; -1 + 0.9 * 2.225 = 1.0025; 0.5 + 0.9 * 1.0025 = 1.40225.
        float[] returns = [1.40225f, 1.0025f, 2.225f, 0.25f];

        var (advantages, targets) = Gae(rewards, values, 0.9, 1);

        for (var step = 0; step < 4; step++)
        {
            Assert.Equal(returns[step] - values[step], advantages[step], 5);
            Assert.Equal(returns[step], targets[step], 5);
        }
    }

    [Fact]
    public void GeneralisedAdvantage_RewardsAndValuesScaled_ScalesAdvantages()
    {
        var (once, _) = Gae([1, 0, 2], [2, 4, 1], 0.9, 0.8);
        var (twice, _) = Gae([2, 0, 4], [4, 8, 2], 0.9, 0.8);

        Assert.Equal(once.Select(advantage => 2 * advantage), twice);
    }

    [Fact]
    public void GeneralisedAdvantage_PerfectCritic_IsZero()
    {
        var (advantages, _) = Gae([1, 1, 1], [3, 2, 1], 1, 0.95);

        Assert.Equal([0f, 0f, 0f], advantages);
    }

    [Fact]
    public void GeneralisedAdvantage_StepsOfSeveralTicks_AreDiscountedByThem()
    {
        // gamma 0.5, lambda 0.5, ticks 2 and 1; deltas: 1 + 0.25*4 - 2 = 0; 0 + 0 - 4 = -4. First: 0 + 0.0625 * -4 = -0.25.
        var advantages = new float[2];
        GeneralisedAdvantage.Estimate([1, 0], [2, 4], 0.5, 0.5, advantages, new float[2], [2, 1]);

        Assert.Equal([-0.25f, -4f], advantages);
    }

    [Fact]
    public void GeneralisedAdvantage_OtherLengths_NamesAllShapes()
    {
        var exception = Assert.Throws<ArgumentException>(() => GeneralisedAdvantage.Estimate(new float[3], new float[2], 1, 1, new float[3], new float[3]));

        Assert.Contains("Rewards are [3], values [2]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whitening_FourNumbers_IsTheHandComputedResult()
    {
        float[] values = [1, 3, 1, 3];
        Whitening.Apply(values);

        Assert.Equal([-1f, 1f, -1f, 1f], values);
    }

    [Fact]
    public void Whitening_ShiftedAndScaled_IsTheSame()
    {
        float[] values = [0.1f, 0.7f, -2, 5];
        float[] moved = [.. values.Select(value => (3 * value) + 7)];
        Whitening.Apply(values);
        Whitening.Apply(moved);

        Assert.All(values.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Theory]
    [InlineData(new float[] { 0.3f, 0.3f, 0.3f })]
    [InlineData(new float[] { 4 })]
    [InlineData(new float[] { })]
    public void Whitening_AllEqualOrOneOrNone_IsZero(float[] values)
    {
        Whitening.Apply(values);

        Assert.All(values, value => Assert.Equal(0, value));
    }

    private static (float[] Advantages, float[] Returns) Gae(float[] rewards, float[] values, double gamma, double lambda)
    {
        var advantages = new float[rewards.Length];
        var returns = new float[rewards.Length];
        GeneralisedAdvantage.Estimate(rewards, values, gamma, lambda, advantages, returns);
        return (advantages, returns);
    }
}
