using System.Globalization;
using StepTool.Core.Evaluation.Plots;

namespace StepTool.Bench.Engines.Elastic;

/// <summary>The picture of a timeline: all silos together, each alone, and what was done to them.</summary>
internal static class ElasticityChart
{
    internal static string Draw(Timeline timeline)
    {
        var silos = timeline.Samples.SelectMany(sample => sample.StepsPerSecond.Keys).Distinct().Order(StringComparer.Ordinal);
        var chart = new LineChart("Steps per second while silos join, leave and are killed", "seconds",
            [
                new ChartLine("all silos", "s0", 0, [.. timeline.Samples.Select(sample => Point(sample, sample.Total))]),
                .. silos.Select((silo, index) => new ChartLine(silo, $"s{index + 1}", index + 1, [.. Lived(timeline, silo)], Faint: true)),
            ], [])
        {
            YText = value => value.ToString("0", CultureInfo.InvariantCulture),
            Marks = [.. timeline.Marks.Select(mark => new ChartMark(mark.What, mark.Seconds))],
        };
        return chart.Draw(760, 420, PlotStyle.Alone);
    }

    // A silo's line goes from its first step to its last.
    private static IEnumerable<ChartPoint> Lived(Timeline timeline, string silo)
    {
        var points = timeline.Samples.Select(sample => Point(sample, sample.StepsPerSecond.GetValueOrDefault(silo))).ToList();
        var (from, to) = (points.FindIndex(point => point.Y > 0), points.FindLastIndex(point => point.Y > 0));
        return from < 0 ? [] : points[from..Math.Min(points.Count, to + 2)];
    }

    private static ChartPoint Point(Sample sample, double value) => new(sample.Seconds, value, value, value);
}
