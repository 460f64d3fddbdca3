using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>What the readable forms of a report say alike.</summary>
internal static class ReportFacts
{
    /// <summary>Columns of the table of all metrics, beside the name.</summary>
    public static ImmutableArray<string> MetricNames { get; } =
    [
        "pass rate", "95 %", "strict", "recall", "precision", "efficient", "finish", "pass given finish", "calls", "return", "turns", "rows", "updates", "demonstrations", "labels",
    ];

    /// <summary>The cells of one method in that table.</summary>
    public static ImmutableArray<string> MetricsOf(MethodResult method) =>
    [
        Wording.Percent(method.PassRate.Mean), Wording.Ends(method.PassRate), Wording.Percent(method.StrictPass?.Mean), Wording.Percent(method.Recall?.Mean),
        Wording.Percent(method.Precision?.Mean), Wording.Percent(method.EfficientPass?.Mean), Wording.Percent(method.FinishRate?.Mean),
        Wording.Percent(method.PassGivenFinish?.Mean), Wording.Number(method.CallsPerEpisode?.Mean), Wording.Number(method.Return),
        Amount(method.Turns), Amount(method.Rows), Amount(method.Updates), Amount(method.Demonstrations), Amount(method.Labels),
    ];

    /// <summary>Columns of a difference over the tasks of depth 2 and more.</summary>
    public static ImmutableArray<string> DeepNames { get; } = ["depth 2 and more", "95 %", "p (Holm)", "claim"];

    /// <summary>The cells of a difference in those columns.</summary>
    public static ImmutableArray<string> DeepOf(Difference difference) => difference.Deep is not { } deep ? ["–", "–", "–", "–"] :
        [Wording.Points(deep.PassRate.Mean), Wording.SignedEnds(deep.PassRate), Wording.PValue(deep.PValue), deep.Holds ? "✓" : "–"];

    /// <summary>The method the report is about: the one that differences are taken of, or the first that learns, or what was trained longest.</summary>
    public static MethodResult Main(Report report) =>
        report.Methods.FirstOrDefault(method => method.Kind == MethodKind.Method && method.Method == report.Differences.FirstOrDefault()?.Method)
        ?? report.Methods.FirstOrDefault(method => method.Kind == MethodKind.Method) ?? report.Methods.MaxBy(method => method.Updates)!;

    /// <summary>The main method's difference to the best of the others of a kind, or null.</summary>
    public static Difference? AgainstBest(Report report, MethodKind kind)
    {
        var main = Main(report).Method;
        var best = report.Methods.Where(method => method.Kind == kind && method.Method != main).MaxBy(method => method.PassRate.Mean);
        return report.Differences.FirstOrDefault(difference => difference.Method == main && difference.Against == best?.Method);
    }

    /// <summary>The result in one sentence.</summary>
    public static string Headline(Report report)
    {
        var main = Main(report);
        var start = $"{main.Method} passes {Wording.Percent(main.PassRate.Mean)} of {Wording.Count(report.Tasks)} {Wording.Of(report.Split)} tasks";
        var other = AgainstBest(report, MethodKind.Method);
        return (other ?? AgainstBest(report, MethodKind.Floor)) is not { } difference
            ? start + "."
            : $"{start}, {Wording.Points(difference.PassRate.Mean)} points against the best {(other is null ? "floor" : "other method")}, {difference.Against} (95 % interval {Wording.SignedEnds(difference.PassRate)}).";
    }

    /// <summary>How the numbers were made, sentence by sentence.</summary>
    public static IEnumerable<string> Method(Report report)
    {
        yield return $"Intervals: 95 % percentile bootstrap, {Wording.Count(report.Intervals.Draws)} draws over {report.Intervals.Over} ({Wording.Count(report.Intervals.Components)} components of tasks that share tools, {report.Intervals.Seeds} {(report.Intervals.Seeds == 1 ? "seed" : "seeds")}), the same draws for all methods.";
        yield return "A difference is a claim (✓) where its paired interval excludes 0 and Holm's test over the family does too.";
        if (report.ExcludedTasks.Length > 0)
        {
            yield return $"{report.ExcludedTasks.Length} tasks are left out because no policy can solve them; counting them as failures, {string.Join(", ", report.Methods.Select(method => $"{method.Method} passes {Wording.Percent(method.PassRateOverAll)}"))}.";
        }

        foreach (var agreement in report.JudgeAgreement)
        {
            yield return $"The judge's rule agrees with recorded votes on {Wording.Percent(agreement.Agreement)} of {Wording.Count(agreement.Episodes)} episodes of {agreement.Group} (kappa {Wording.Number(agreement.Kappa)}).";
        }

        foreach (var method in report.Methods.Where(method => method.Excluded.Faults + method.ExcludedFromTraining.Faults > 0))
        {
            yield return $"{method.Method}: {method.Excluded.Faults} evaluated episodes were lost to faults and count as Unsolved; {method.ExcludedFromTraining.Faults} were left out of training.";
        }

        foreach (var method in report.Methods.Where(method => method.SampledPassRate is not null))
        {
            yield return $"{method.Method} sampled at temperature 1 passes {Wording.Percent(method.SampledPassRate!.Mean)} ({Wording.Ends(method.SampledPassRate)}).";
        }
    }

    /// <summary>Names of all parts by depth and by kind, then by group where there are several.</summary>
    public static ImmutableArray<(string Title, ImmutableArray<string> Names, Func<MethodResult, ImmutableArray<Slice>> Of)> Splits(Report report) =>
    [
        .. new (string Title, Func<MethodResult, ImmutableArray<Slice>> Of)[]
            { ("depth", method => method.ByDepth), ("kind", method => method.ByKind), ("group", method => method.ByGroup) }
            .Select(split => (split.Title, Names: split.Of(report.Methods[0]).Select(slice => slice.Name).ToImmutableArray(), split.Of))
            .Where(split => split.Names.Length > 1),
    ];

    private static string Amount(long value) => value == 0 ? "–" : Wording.Count(value);
}
