using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>A report as Markdown: report.md.</summary>
public static class ReportMarkdown
{
    /// <summary>Renders it.</summary>
    public static string Render(Report report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {report.World}, {Wording.Of(report.Split)} split\n\n{ReportFacts.Headline(report)}\n\n");
        foreach (var warning in report.Warnings)
        {
            text.Append(CultureInfo.InvariantCulture, $"> **{(report.Valid ? "Note" : "Warning")}** {warning}\n\n");
        }

        Table(text, ["method", .. ReportFacts.MetricNames], report.Methods.OrderByDescending(method => method.PassRate.Mean).Select(method =>
            (IEnumerable<string>)[Name(method), .. ReportFacts.MetricsOf(method)]));
        if (report.Differences.Length > 0)
        {
            text.Append("## Paired differences of pass rates, in points\n\n");
            var hasDeep = report.Differences.Any(difference => difference.Deep is not null);
            Table(
                text, ["method", "against", "difference", "95 %", "p (Holm)", "claim", .. hasDeep ? ReportFacts.DeepNames : []],
                report.Differences.Select(difference => (IEnumerable<string>)
                [
                    difference.Method, difference.Against, Wording.Points(difference.PassRate.Mean), Wording.SignedEnds(difference.PassRate),
                    Wording.PValue(difference.PValue), difference.Holds ? "✓" : "", .. hasDeep ? ReportFacts.DeepOf(difference) : [],
                ]));
        }

        foreach (var (title, names, of) in ReportFacts.Splits(report))
        {
            text.Append(CultureInfo.InvariantCulture, $"## Pass rate by {title}\n\n");
            Table(text, ["method", .. names.Select(name => $"{name} ({of(report.Methods[0]).First(slice => slice.Name == name).Tasks})")], report.Methods.Select(method =>
                (IEnumerable<string>)[method.Method, .. of(method).Select(slice => Wording.Percent(slice.PassRate.Mean))]));
        }

        text.Append("## Pass rate at 1 to 5 calls\n\n");
        Table(text, ["method", "1", "2", "3", "4", "5"], report.Methods.Select(method =>
            (IEnumerable<string>)[method.Method, .. method.PassAtCalls.Select(rate => Wording.Percent(rate))]));
        Curve(text, report);
        text.Append("## How this was made\n\n");
        foreach (var line in ReportFacts.Method(report).Concat(report.Notes))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }

        if (report.Command.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n```\n{report.Command}\n```\n");
        }

        if (report.Configuration.Count > 0)
        {
            text.Append('\n');
            Table(text, ["setting", "value"], report.Configuration.Select(pair => (IEnumerable<string>)[pair.Key, pair.Value]));
        }

        if (report.ExcludedTasks.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nExcluded tasks: {string.Join(", ", report.ExcludedTasks)}\n");
        }

        return text.ToString();
    }

    private static void Curve(StringBuilder text, Report report)
    {
        var learned = report.Methods.Where(method => method.Curve.Length > 0).ToImmutableArray();
        if (learned.Length == 0)
        {
            return;
        }

        text.Append("## Learning curve\n\n");
        Table(text, ["method", "tasks", "turns", "pass rate", "95 %", "return"], learned.SelectMany(method => method.Curve.Select(point => (IEnumerable<string>)
        [
            method.Method, Wording.Of(point.Split), Wording.Count(point.Turns), Wording.Percent(point.PassRate.Mean), Wording.Ends(point.PassRate),
            Wording.Number(point.Return),
        ])));
    }

    private static string Name(MethodResult method) => method.Kind == MethodKind.Method ? $"**{method.Method}**" : $"{method.Method} ({(method.Kind == MethodKind.Floor ? "floor" : "reference")})";

    private static void Table(StringBuilder text, ImmutableArray<string> head, IEnumerable<IEnumerable<string>> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", head.Select(Cell))} |\n|{string.Concat(head.Select((_, column) => column == 0 ? "---|" : "---:|"))}\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(Cell))} |\n");
        }

        text.Append('\n');
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
