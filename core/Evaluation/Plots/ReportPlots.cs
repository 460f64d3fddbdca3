using System.Collections.Immutable;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>A report's plots.</summary>
internal sealed class ReportPlots(Report report)
{
    private const int MostNamed = 3; // paths that end side by side have no room for more names; markers and colours tell the others
    private readonly ImmutableArray<MethodResult> _learned = [.. report.Methods.Where(method => method.Kind == MethodKind.Method)];

    /// <summary>The floor with the highest pass rate, or null.</summary>
    public MethodResult? BestFloor { get; } = report.Methods.Where(method => method.Kind == MethodKind.Floor).MaxBy(method => method.PassRate.Mean);

    /// <summary>Pass rate over environment turns; null where nothing was learned.</summary>
    public LineChart? LearningCurve()
    {
        var shown = _learned.SelectMany(method => method.Curve).Select(point => point.Split).Distinct().ToList();
        if (shown.Count == 0)
        {
            return null;
        }

        // Rollouts are sampled on train tasks: context for a single method, clutter for several.
        var main = shown.Contains(Split.Dev) ? Split.Dev : shown.Contains(Split.Test) ? Split.Test : shown[0];
        var lines = _learned.Select(method => Line(method, main, method.Method, false));
        if (_learned.Length == 1)
        {
            lines = lines.Concat(shown.Where(split => split != main).Select(split => Line(_learned[0], split, $"{Wording.Of(split)} rollouts", true)));
        }

        return new LineChart(
            $"Learning curve: pass rate on {Wording.Of(main)} tasks over environment turns", "environment turns",
            [.. lines.Where(line => !line.Points.IsEmpty)],
            BestFloor is null ? [] : [new ChartLevel("best floor", BestFloor.PassRate.Mean)]);
    }

    /// <summary>Pass rates of all methods, the best first.</summary>
    public IntervalChart PassRates() => new(
        "Pass rate of each method with its 95 % interval",
        [.. report.Methods.OrderByDescending(method => method.PassRate.Mean).Select(method =>
            new IntervalRow(method.Method, method.PassRate, Wording.Percent(method.PassRate.Mean), ClassOf(method)))],
        Bars: true);

    /// <summary>Paired differences; filled dots are claims.</summary>
    public IntervalChart Differences() => new(
        "Paired differences of pass rates with their 95 % intervals",
        [.. report.Differences.OrderBy(difference => difference.PassRate.Mean).Select(difference => new IntervalRow(
            report.Differences.Select(other => other.Method).Distinct().Count() > 1 ? $"{difference.Method} vs {difference.Against}" : $"vs {difference.Against}",
            difference.PassRate, Wording.Points(difference.PassRate.Mean),
            difference.Holds ? ClassOf(report.Methods.First(method => method.Method == difference.Method)) : "open"))],
        Bars: false);

    /// <summary>Pass rates at 1 to 5 calls.</summary>
    public LineChart PassAtCalls() => new(
        "Pass rate had episodes been allowed 1 to 5 calls", "calls allowed",
        [.. _learned.Concat(BestFloor is null ? [] : [BestFloor]).Where(method => !method.PassAtCalls.IsEmpty).Select(method => new ChartLine(
            method.Method, ClassOf(method), SeriesOf(method),
            [.. method.PassAtCalls.Select((rate, index) => new ChartPoint(index + 1, rate, rate, rate))],
            method.Kind != MethodKind.Method))], [])
    { WholeTicks = true };

    /// <summary>Return against pass rate: learned methods as paths over their curve, all others as points.</summary>
    public ScatterChart RewardAgainstPass() => new(
        "Mean return against pass rate", "mean return", "pass rate",
        [
            .. report.Methods.Where(method => method.Kind != MethodKind.Method).Select(method => new ScatterSeries(
                method.Method, ClassOf(method), method.Kind == MethodKind.Floor ? 1 : 3, [new Point(method.Return, method.PassRate.Mean)], false, method == BestFloor)),
            .. _learned.Select(method => new ScatterSeries(
                method.Method, ClassOf(method), SeriesOf(method),
                [.. method.Curve.Where(point => point.Split != Split.Train).OrderBy(point => point.Turns).Select(point => new Point(point.Return, point.PassRate.Mean)),
                 new Point(method.Return, method.PassRate.Mean)], true, _learned.Length <= MostNamed)),
        ]);

    private ChartLine Line(MethodResult method, Split split, string name, bool faint) => new(
        name, faint ? $"s{PlotStyle.Series - 1}" : ClassOf(method), SeriesOf(method),
        [.. method.Curve.Where(point => point.Split == split).OrderBy(point => point.Turns)
            .Select(point => new ChartPoint(point.Turns, point.PassRate.Mean, point.PassRate.Low, point.PassRate.High))],
        faint);

    private int SeriesOf(MethodResult method) => Math.Max(0, _learned.IndexOf(method)) % PlotStyle.Series;

    private string ClassOf(MethodResult method) => method.Kind switch
    {
        MethodKind.Method => $"s{SeriesOf(method)} lead",
        MethodKind.Floor => "floor",
        _ => "reference",
    };
}
