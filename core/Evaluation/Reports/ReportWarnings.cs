using System.Collections.Immutable;
using System.Globalization;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Finds what a reader must know before believing a report's numbers.</summary>
internal static class ReportWarnings
{
    private const double MostFaults = 0.01;
    private const int FewComponents = 20;
    private const double Fell = 0.01;

    /// <summary>The report with its warnings and its validity.</summary>
    public static Report Flag(Report report)
    {
        var faulty = report.Methods.Where(method => method.Excluded.Faults > MostFaults * report.Tasks * method.Seeds.Length).ToList();
        var warnings = faulty.Select(method => string.Create(
            CultureInfo.InvariantCulture,
            $"Invalid: {method.Excluded.Faults} of {report.Tasks * method.Seeds.Length} evaluated episodes of {method.Method} were lost to faults of the infrastructure, more than 1 %. Mend the cause and run again."));
        warnings = warnings.Concat(report.Methods.SelectMany(RewardAgainstPass));
        if (report.Intervals.Components < FewComponents)
        {
            warnings = warnings.Append(
                $"The {report.Tasks} tasks form only {report.Intervals.Components} independent components: intervals are rough.");
        }

        if (report.Split == Split.Test && report.TestRuns > 1)
        {
            warnings = warnings.Append($"The test split has been run {report.TestRuns} times; choices made after seeing it favour what is shown.");
        }

        return report with { Valid = faulty.Count == 0, Warnings = [.. warnings] };
    }

    // The reward is farmed where it still grows while fewer tasks are solved.
    private static IEnumerable<string> RewardAgainstPass(MethodResult method) => method.Curve.GroupBy(point => point.Split).SelectMany(curve =>
    {
        var points = curve.OrderBy(point => point.Turns).ToImmutableArray();
        var best = points.MaxBy(point => point.PassRate.Mean)!;
        var last = points[^1];
        return last.PassRate.Mean < best.PassRate.Mean - Fell && last.Return > best.Return
            ? [string.Create(
                CultureInfo.InvariantCulture,
                $"{method.Method} on {Wording.Of(curve.Key)}: reward up with pass down. From {best.Turns} to {last.Turns} turns the return rose from {best.Return:0.000} to {last.Return:0.000} while the pass rate fell from {best.PassRate.Mean:P1} to {last.PassRate.Mean:P1}.")]
            : Array.Empty<string>();
    });
}
