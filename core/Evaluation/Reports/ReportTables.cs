using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using static StepTool.Core.Evaluation.Plots.Svg;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>The page's tables; wide ones scroll by themselves.</summary>
internal static class ReportTables
{
    /// <summary>Pass rates by a label, each cell shaded by its value.</summary>
    public static void Heat(
        StringBuilder page, Report report, string title, ImmutableArray<string> names, Func<MethodResult, ImmutableArray<Slice>> of)
    {
        Open(page, $"Pass rate by {title}", ["method", .. names.Select(name => $"{name} · {of(report.Methods[0]).First(slice => slice.Name == name).Tasks} tasks"), "all"]);
        foreach (var method in Sorted(report))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr class=\"{Class(method)}\"><th scope=\"row\">{Escape(method.Method)}</th>");
            foreach (var slice in of(method))
            {
                page.Append(CultureInfo.InvariantCulture, $"<td style=\"--v:{slice.PassRate.Mean:0.###}\" title=\"{Escape(Wording.Ends(slice.PassRate))}\">{Wording.Percent(slice.PassRate.Mean)}</td>");
            }

            page.Append(CultureInfo.InvariantCulture, $"<td><b>{Wording.Percent(method.PassRate.Mean)}</b></td></tr>");
        }

        Close(page);
    }

    /// <summary>Paired differences with intervals, in all and by depth and kind.</summary>
    public static void Differences(StringBuilder page, Report report)
    {
        if (report.Differences.IsEmpty)
        {
            return;
        }

        var first = report.Differences[0];
        var hasDeep = report.Differences.Any(difference => difference.Deep is not null);
        Open(page, "Differences in points", [
            "method − against", "all", "95 %", "p (Holm)", "claim", .. hasDeep ? ReportFacts.DeepNames : [],
            .. first.ByDepth.Select(slice => $"depth {slice.Name}"), .. first.ByKind.Select(slice => slice.Name)]);
        foreach (var difference in report.Differences)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Escape(difference.Method)} − {Escape(difference.Against)}</th>")
                .Append(CultureInfo.InvariantCulture, $"<td><b>{Wording.Points(difference.PassRate.Mean)}</b></td><td>{Wording.SignedEnds(difference.PassRate)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{Escape(Wording.PValue(difference.PValue))}</td><td>{(difference.Holds ? "✓" : "–")}</td>");
            page.AppendJoin("", (hasDeep ? ReportFacts.DeepOf(difference) : []).Select(cell => $"<td>{Escape(cell)}</td>"));
            foreach (var slice in difference.ByDepth.Concat(difference.ByKind))
            {
                var tone = !slice.PassRate.ExcludesZero ? "even" : slice.PassRate.Mean > 0 ? "good" : "bad";
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{tone}\" title=\"{Wording.SignedEnds(slice.PassRate)}\">{Wording.Points(slice.PassRate.Mean)}</td>");
            }

            page.Append("</tr>");
        }

        Close(page);
    }

    /// <summary>Every metric of every method.</summary>
    public static void Metrics(StringBuilder page, Report report)
    {
        Open(page, "All numbers", ["method", .. ReportFacts.MetricNames]);
        foreach (var method in Sorted(report))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr class=\"{Class(method)}\"><th scope=\"row\">{Escape(method.Method)}</th>")
                .AppendJoin("", ReportFacts.MetricsOf(method).Select(cell => $"<td>{Escape(cell)}</td>")).Append("</tr>");
        }

        Close(page);
    }

    private static IEnumerable<MethodResult> Sorted(Report report) => report.Methods.OrderByDescending(method => method.PassRate.Mean);

    private static string Class(MethodResult method) => method.Kind == MethodKind.Method ? "lead" : "";

    private static void Open(StringBuilder page, string title, ImmutableArray<string> head) =>
        page.Append(CultureInfo.InvariantCulture, $"<section class=\"card\"><h2>{Escape(title)}</h2><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")
            .AppendJoin("", head.Select(name => $"<th scope=\"col\">{Escape(name)}</th>")).Append("</tr></thead><tbody>");

    private static void Close(StringBuilder page) => page.Append("</tbody></table></div></section>\n");
}
