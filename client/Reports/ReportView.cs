using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Runs;
using StepTool.Core.Evaluation;
using StepTool.Core.Evaluation.Reports;

namespace StepTool.Client.Reports;

/// <summary>A report on the terminal: methods, differences, results by depth and kind, and the learning curve.</summary>
internal static class ReportView
{
    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, Report report)
    {
        terminal.Line();
        terminal.Out.Write(Methods(report));
        Differences(terminal, report);
        Split(terminal, report, "depth", method => method.ByDepth);
        Split(terminal, report, "kind", method => method.ByKind);
        Split(terminal, report, "group", method => method.ByGroup);
        Curve(terminal, report);
        foreach (var warning in report.Warnings)
        {
            terminal.Line(warning);
        }

        foreach (var note in report.Notes)
        {
            terminal.Line(note);
        }

        if (!report.ExcludedTasks.IsEmpty)
        {
            terminal.Line($"{report.ExcludedTasks.Length} tasks that no policy can solve are left out; report.md names them.");
        }
    }

    private static Table Methods(Report report)
    {
        var table = New($"{report.World}: {RunPicture.Count(report.Tasks)} test tasks");
        table.AddColumn("method");
        foreach (var name in new[] { "pass rate", "95 % interval", "recall", "finish", "calls" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var method in report.Methods.OrderByDescending(method => method.PassRate.Mean))
        {
            table.AddRow(new[]
            {
                method.Method, RunPicture.Percent(method.PassRate.Mean), Ends(method.PassRate), Share(method.Recall), Share(method.FinishRate),
                method.CallsPerEpisode?.Mean.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
            }.Select(cell => new Text(cell, StyleOf(method.Kind))));
        }

        return table;
    }

    private static void Differences(Terminal terminal, Report report)
    {
        var main = report.Methods.FirstOrDefault(method => method.Method == report.Differences.FirstOrDefault()?.Method);
        var bestFloor = report.Methods.Where(method => method.Kind == MethodKind.Floor).MaxBy(method => method.PassRate.Mean);
        foreach (var difference in report.Differences.Where(difference => difference.AgainstKind != MethodKind.Floor
            || (difference.Method == main?.Method && difference.Against == bestFloor?.Method)))
        {
            var against = difference.Against == bestFloor?.Method ? $"best floor {difference.Against}" : difference.Against;
            var deep = difference.Deep is { } below ? $"; depth 2 and more {Points(below.PassRate)}{(below.Holds ? "" : ", no claim")}" : "";
            terminal.Line($"{difference.Method} minus {against}: {Points(difference.PassRate)}{(difference.PassRate.ExcludesZero ? difference.Holds ? "" : ", no claim after Holm" : ", which does not exclude 0")}{deep}");
        }

        foreach (var method in report.Methods.Where(method => method.SampledPassRate is not null))
        {
            terminal.Line($"{method.Method} sampled at temperature 1: {RunPicture.Percent(method.SampledPassRate!.Mean)} ({Ends(method.SampledPassRate)})");
        }

        terminal.Line();
    }

    private static void Split(Terminal terminal, Report report, string title, Func<MethodResult, IReadOnlyList<Slice>> of)
    {
        var names = of(report.Methods[0]);
        if (names.Count < 2)
        {
            return;
        }

        var table = New($"pass rate by {title}");
        table.AddColumn("method");
        foreach (var slice in names)
        {
            table.AddColumn(new TableColumn($"{slice.Name} ({RunPicture.Count(slice.Tasks)})").RightAligned());
        }

        var bestFloor = report.Methods.Where(method => method.Kind == MethodKind.Floor).MaxBy(method => method.PassRate.Mean);
        foreach (var method in report.Methods.Where(method => method.Kind != MethodKind.Floor || method == bestFloor).OrderByDescending(method => method.PassRate.Mean))
        {
            table.AddRow(of(method).Select(slice => RunPicture.Percent(slice.PassRate.Mean)).Prepend(method.Method).Select(cell => new Text(cell, StyleOf(method.Kind))));
        }

        terminal.Out.Write(table);
    }

    // One curve is drawn; several are a row each.
    private static void Curve(Terminal terminal, Report report)
    {
        var curves = report.Methods.Select(method => (method.Method, Points: method.Curve.Where(point => point.Split == Core.Worlds.Split.Dev).ToList()))
            .Where(curve => curve.Points.Count > 1).ToList();
        if (curves.Count == 0)
        {
            return;
        }

        terminal.Line($"pass rate on dev over {RunPicture.Count(curves[0].Points[^1].Turns)} environment turns");
        if (curves.Count == 1)
        {
            foreach (var line in CurveSketch.Draw(curves[0].Points))
            {
                terminal.Line(line);
            }

            return;
        }

        var width = curves.Max(curve => curve.Method.Length);
        foreach (var (method, points) in curves)
        {
            terminal.Line($"{method.PadRight(width)}  {string.Join("  ", points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{100 * point.PassRate.Mean,4:0.0}")))}");
        }
    }

    private static string Points(Interval interval) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * interval.Mean:+0.0;-0.0;0.0} points ({100 * interval.Low:+0.0;-0.0;0.0} to {100 * interval.High:+0.0;-0.0;0.0})");

    private static Table New(string title) => new Table { Title = new TableTitle(Markup.Escape(title)), Border = TableBorder.Rounded };

    private static Style StyleOf(MethodKind kind) => kind switch
    {
        MethodKind.Method => new Style(decoration: Decoration.Bold),
        MethodKind.Floor => new Style(Color.Grey),
        _ => Style.Plain,
    };

    private static string Share(Interval? interval) => interval is null ? "-" : RunPicture.Percent(interval.Mean);

    private static string Ends(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");
}
