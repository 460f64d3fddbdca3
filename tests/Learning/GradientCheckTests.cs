using StepTool.Core.Chance;
using StepTool.Tests.Learning.Batches;
using Xunit;
using Xunit.Sdk;

namespace StepTool.Tests.Learning;

[Trait("Kind", "Unit")]
public sealed class GradientCheckTests
{
    private const float Small = 5e-3f;
    private readonly float[] _point = RandomBatches.Row(new SeededRandom(41), 12);

    private float[] Gradient => [.. _point.Select(value => Small * MathF.Cos(value))];

    [Fact]
    public void BothChecks_RightGradient_Pass()
    {
        GradientCheck.Agrees(_point, Gradient, Function, "small");
        GradientCheck.AgreesAsAWhole(_point, Gradient, Function, "small");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.98)]
    [InlineData(-1)]
    public void AgreesAsAWhole_SmallGradientScaled_Fails(float factor)
    {
        float[] scaled = [.. Gradient.Select(slope => factor * slope)];

        GradientCheck.Agrees(_point, scaled, Function, "small");
        Assert.Throws<TrueException>(() => GradientCheck.AgreesAsAWhole(_point, scaled, Function, "small"));
    }

    [Fact]
    public void AgreesAsAWhole_PartOfTheTensors_LooksAtThatPartAlone()
    {
        var gradient = Gradient;
        gradient[0] = 0;

        GradientCheck.AgreesAsAWhole(_point, gradient, Function, "rest", offset: 1, length: 11);
        Assert.Throws<TrueException>(() => GradientCheck.AgreesAsAWhole(_point, gradient, Function, "first", offset: 0, length: 1));
    }

    [Fact]
    public void AgreesAsAWhole_NotANumber_Fails()
    {
        var gradient = Gradient;
        gradient[3] = float.NaN;

        Assert.Throws<TrueException>(() => GradientCheck.AgreesAsAWhole(_point, gradient, Function, "small"));
    }

    [Fact]
    public void Agrees_LargeSlopeOff_NamesItsPlace()
    {
        var gradient = Gradient;
        gradient[3] += 0.1f;

        var exception = Assert.Throws<TrueException>(() => GradientCheck.Agrees(_point, gradient, Function, "small"));

        Assert.Contains("small[3]", exception.Message, StringComparison.Ordinal);
    }

    private double Function() => _point.Sum(value => (double)(Small * MathF.Sin(value)));
}
