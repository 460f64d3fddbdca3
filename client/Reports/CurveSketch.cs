using System.Globalization;
using StepTool.Core.Evaluation.Reports;

namespace StepTool.Client.Reports;

/// <summary>A learning curve in characters.</summary>
internal static class CurveSketch
{
    private const int Height = 8;
    private const int Width = 60;
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    /// <summary>Lines from top to bottom: bars that follow the points, linear between them.</summary>
    /// <param name="points">Points in order of their turns; at least two.</param>
    public static IEnumerable<string> Draw(IReadOnlyList<CurvePoint> points)
    {
        var top = Math.Max(0.1, Math.Ceiling(10 * points.Max(point => point.PassRate.Mean)) / 10);
        var columns = Enumerable.Range(0, Width).Select(column => At(points, points[^1].Turns * (double)column / (Width - 1)) / top * Height).ToList();
        for (var row = Height - 1; row >= 0; row--)
        {
            var label = row == Height - 1 ? top : row == 0 ? 0 : -1;
            var bars = string.Concat(columns.Select(height => Blocks[Math.Clamp((int)Math.Round((height - row) * 8), 0, 8)]));
            yield return $"{(label < 0 ? "" : (100 * label).ToString("0", CultureInfo.InvariantCulture) + " %"),6} |{bars.TrimEnd()}";
        }
    }

    private static double At(IReadOnlyList<CurvePoint> points, double turns)
    {
        for (var index = 1; index < points.Count; index++)
        {
            var (left, right) = (points[index - 1], points[index]);
            if (turns <= right.Turns)
            {
                var share = right.Turns == left.Turns ? 1 : (turns - left.Turns) / (right.Turns - left.Turns);
                return left.PassRate.Mean + (share * (right.PassRate.Mean - left.PassRate.Mean));
            }
        }

        return points[^1].PassRate.Mean;
    }
}
