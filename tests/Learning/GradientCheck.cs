using Xunit;

namespace StepTool.Tests.Learning;

/// <summary>Compares a gradient with central differences of a function in single precision.</summary>
internal static class GradientCheck
{
    /// <summary>Fails where a slope differs by more than the tolerance, relative to the larger of both and 1.</summary>
    public static void Agrees(float[] point, ReadOnlySpan<float> gradient, Func<double> function, string name, int offset = 0, int? length = null, double tolerance = 2e-2)
    {
        for (var index = offset; index < offset + (length ?? point.Length); index++)
        {
            var numeric = Slope(point, index, function);
            var analytic = gradient[index];
            var scale = Math.Max(1, Math.Max(Math.Abs(numeric), Math.Abs(analytic)));
            Assert.True(
                Math.Abs(numeric - analytic) <= tolerance * scale, $"{name}[{index - offset}]: gradient {analytic}, finite difference {numeric}");
        }
    }

    /// <summary>Fails where a tensor's slopes together differ by more than the tolerance, relative to the norm of the finite differences, however small they are.</summary>
    public static void AgreesAsAWhole(
        float[] point, ReadOnlySpan<float> gradient, Func<double> function, string name, int offset = 0, int? length = null, double tolerance = 5e-3)
    {
        var (error, norm) = (0.0, 0.0);
        for (var index = offset; index < offset + (length ?? point.Length); index++)
        {
            var numeric = Slope(point, index, function);
            error += (gradient[index] - numeric) * (gradient[index] - numeric);
            norm += numeric * numeric;
        }

        var relative = Math.Sqrt(error / Math.Max(norm, 1e-30));
        Assert.True(relative <= tolerance, $"{name}: the gradient is off by {relative:g3} of the finite differences' norm, {Math.Sqrt(norm):g3}");
    }

    private static double Slope(float[] point, int index, Func<double> function)
    {
        const float step = 1e-2f;
        var kept = point[index];
        point[index] = kept + step;
        var above = function();
        point[index] = kept - step;
        var below = function();
        point[index] = kept;
        return (above - below) / (2 * step);
    }
}
