using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StepTool.Core.Evaluation.Plots;
using static StepTool.Core.Evaluation.Plots.Svg;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>A report as one self-contained page: report.html. No script, no font, no file but itself.</summary>
public static class ReportHtml
{
    /// <summary>Renders it.</summary>
    public static string Render(Report report)
    {
        var plots = new ReportPlots(report);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>StepTool · {Escape(report.World)} · {Wording.Of(report.Split)}</title>
            <style>{ReportStyle.Css}</style></head><body><main>
            <header><p class="eyebrow">StepTool report · {Escape(report.World)} · {Wording.Of(report.Split)} split · world seed {report.WorldSeed}</p>
            <h1>{Escape(ReportFacts.Headline(report))}</h1></header>

            """);
        foreach (var warning in report.Warnings)
        {
            page.Append(CultureInfo.InvariantCulture, $"""<p class="{(warning.StartsWith("Invalid", StringComparison.Ordinal) ? "alert invalid" : "alert")}" role="note">{Escape(warning)}</p>""").Append('\n');
        }

        Figures(page, report);
        page.Append("""<div class="grid">""");
        Card(page, "Learning curve", "Greedy pass rate as the agent spends turns in the environment; the band is the 95 % interval.", plots.LearningCurve()?.Draw());
        Card(page, "Pass rate", "Every method with its 95 % interval; floors in grey, references dashed.", plots.PassRates().Draw());
        Card(
            page, "Paired differences", "Points of pass rate against each other method, task by task. Filled: the claim holds; open: it does not.",
            report.Differences.IsEmpty ? null : plots.Differences().Draw());
        Card(page, "Reward against pass", "Each dot is an evaluation; a reward worth training on rises with the pass rate.", plots.RewardAgainstPass().Draw());
        Card(page, "Pass rate by calls allowed", "Had the episode been stopped after its first calls.", plots.PassAtCalls().Draw());
        page.Append("</div>\n");
        foreach (var (title, names, of) in ReportFacts.Splits(report))
        {
            ReportTables.Heat(page, report, title, names, of);
        }

        ReportTables.Differences(page, report);
        ReportTables.Metrics(page, report);
        Method(page, report);
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void Figures(StringBuilder page, Report report)
    {
        var main = ReportFacts.Main(report);
        page.Append("""<dl class="figures">""");
        Figure("Pass rate", Wording.Percent(main.PassRate.Mean), Wording.Ends(main.PassRate));
        Over("Over the best other method", ReportFacts.AgainstBest(report, MethodKind.Method));
        Over("Over the best floor", ReportFacts.AgainstBest(report, MethodKind.Floor));

        Figure("Finish rate", Wording.Percent(main.FinishRate?.Mean), $"{Wording.Percent(main.PassGivenFinish?.Mean)} pass once finished");
        Figure("Calls an episode", Wording.Number(main.CallsPerEpisode?.Mean), $"{Wording.Percent(main.EfficientPass?.Mean)} efficient pass");
        if (main.Turns > 0)
        {
            Figure("Environment turns", Wording.Count(main.Turns), $"{Wording.Count(main.Updates)} updates");
        }

        page.Append("</dl>\n");

        void Over(string name, Difference? difference)
        {
            if (difference is not null)
            {
                Figure(name, Wording.Points(difference.PassRate.Mean), Wording.SignedEnds(difference.PassRate));
            }
        }

        void Figure(string name, string value, string detail) =>
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}<small>{Escape(detail)}</small></dd></div>");
    }

    private static void Card(StringBuilder page, string title, string caption, string? plot)
    {
        if (plot is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure class=\"card\"><figcaption><h2>{Escape(title)}</h2><p>{Escape(caption)}</p></figcaption>{plot}</figure>\n");
        }
    }

    private static void Method(StringBuilder page, Report report)
    {
        page.Append("""<section class="card"><h2>How this was made</h2><ul>""");
        page.AppendJoin("", ReportFacts.Method(report).Concat(report.Notes).Select(line => $"<li>{Escape(line)}</li>")).Append("</ul>");
        if (report.Command.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<pre>{Escape(report.Command)}</pre>");
        }

        Details(page, "Configuration", [.. report.Configuration.Select(pair => $"{pair.Key} = {pair.Value}")]);
        Details(page, "Excluded tasks", report.ExcludedTasks);
        Details(page, "Times", report.Timings is null ? [] :
        [
            $"started {report.Timings.StartedAt.ToString("u", CultureInfo.InvariantCulture)}",
            string.Create(CultureInfo.InvariantCulture, $"{report.Timings.WallSeconds:0.0} s in all"),
            .. report.Timings.Phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Key} {phase.Value:0.0} s")),
        ]);
        page.Append("</section>\n");
    }

    private static void Details(StringBuilder page, string title, ImmutableArray<string> lines)
    {
        if (lines.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>{Escape(title)} ({lines.Length})</summary><ul class=\"plain\">")
                .AppendJoin("", lines.Select(line => $"<li>{Escape(line)}</li>")).Append("</ul></details>");
        }
    }
}
