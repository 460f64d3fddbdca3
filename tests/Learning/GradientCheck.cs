using Xunit;

namespace StepTool.Tests.Learning;

/// <summary>Compares a gradient with central differences of a function in single precision.</summary>
internal static class GradientCheck
{
    /// <summary>Fails where a slope differs by more than the tolerance, relative to the larger of both and 1.</summary>
    public static void Agrees(float[] point, ReadOnlySpan<float> gradient, Func<double> function, string name, int offset = 0, int? length = null, double tolerance = 2e-2)
    {
        const float step = 1e-2f;
        for (var index = offset; index < offset + (length ?? point.Length); index++)
        {
            var kept = point[index];
            point[index] = kept + step;
            var above = function();
            point[index] = kept - step;
            var below = function();
            point[index] = kept;
            var numeric = (above - below) / (2 * step);
            var analytic = gradient[index];
            var scale = Math.Max(1, Math.Max(Math.Abs(numeric), Math.Abs(analytic)));
            Assert.True(
                Math.Abs(numeric - analytic) <= tolerance * scale, $"{name}[{index - offset}]: gradient {analytic}, finite difference {numeric}");
        }
    }
}
