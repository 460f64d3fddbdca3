using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Makes a report from outcomes: estimates, intervals, paired differences and warnings. No clock, no chance but the fixed bootstrap.</summary>
public static class ReportBuilder
{
    private const double Level = 0.05;
    private const int Chained = 2;

    private static readonly ImmutableArray<Metric> WithInterval =
    [
        Metric.PassRate, Metric.StrictPass, Metric.Recall, Metric.Precision, Metric.EfficientPass,
        Metric.FinishRate, Metric.PassGivenFinish, Metric.CallsPerEpisode,
    ];

    /// <summary>Makes the report.</summary>
    /// <exception cref="ArgumentException">Methods were not run on the same tasks and seeds, a name stands twice or is unknown, or there is no outcome.</exception>
    public static Report Build(ReportInput input)
    {
        ReportInputRules.Check(input);
        var estimates = new Estimates(input.Methods.SelectMany(run => run.Outcomes));
        var tasks = input.Methods[0].Outcomes.Select(outcome => outcome.Task).Distinct().Count();
        var report = new Report
        {
            World = input.World,
            WorldSeed = input.WorldSeed,
            Split = input.Split,
            Tasks = tasks,
            Groups = [.. input.Methods[0].Outcomes.Select(outcome => outcome.Labels.Group).Distinct().Order(StringComparer.Ordinal)],
            TestRuns = input.TestRuns,
            Command = input.Command,
            Configuration = input.Configuration,
            Notes = input.Notes,
            Intervals = estimates.Method,
            Methods = [.. input.Methods.Select(run => Result(run, estimates, (double)tasks / (tasks + input.ExcludedTasks.Length)))],
            Differences = Differences(input, estimates),
            ExcludedTasks = [.. input.ExcludedTasks.Order(StringComparer.Ordinal)],
            JudgeAgreement = input.JudgeAgreement,
            Timings = input.Timings,
        };
        return ReportWarnings.Flag(report);
    }

    private static MethodResult Result(MethodRun run, Estimates estimates, double solvableShare)
    {
        var intervals = estimates.Intervals([.. WithInterval.Select(metric => (metric, (IReadOnlyCollection<Outcome>)run.Outcomes))]);
        return new MethodResult
        {
            Method = run.Method,
            Kind = run.Kind,
            Seeds = [.. run.Outcomes.Select(outcome => outcome.Seed).Distinct().Order()],
            PassRate = intervals[0]!,
            PassRateOverAll = Math.Round(intervals[0]!.Mean * solvableShare, 6),
            SampledPassRate = run.Sampled.IsEmpty ? null : estimates.Interval(Metric.PassRate, run.Sampled),
            StrictPass = intervals[1],
            Recall = intervals[2],
            Precision = intervals[3],
            EfficientPass = intervals[4],
            PassAtCalls = [.. Metric.PassAtCalls.Select(metric => Math.Round(metric.Mean(run.Outcomes) ?? 0, 6))],
            FinishRate = intervals[5],
            PassGivenFinish = intervals[6],
            CallsPerEpisode = intervals[7],
            Return = Math.Round(Metric.Return.Mean(run.Outcomes) ?? 0, 6),
            Turns = run.Turns,
            Rows = run.Rows,
            Updates = run.Updates,
            Demonstrations = run.Demonstrations,
            Labels = run.Labels,
            Excluded = FaultCounts.Of(run.Outcomes),
            ExcludedFromTraining = run.ExcludedFromTraining,
            ByDepth = Slices(run, estimates, SliceLabel.Depth),
            ByKind = Slices(run, estimates, SliceLabel.Kind),
            ByGroup = Slices(run, estimates, SliceLabel.Group),
            Curve = run.Curve,
            WallSeconds = run.WallSeconds,
        };
    }

    private static ImmutableArray<Slice> Slices(MethodRun run, Estimates estimates, SliceLabel label)
    {
        var parts = label.Split(run.Outcomes);
        var intervals = estimates.Intervals([.. parts.Select(part => (Metric.PassRate, (IReadOnlyCollection<Outcome>)part.Value))]);
        return [.. parts.Zip(intervals, (part, interval) => new Slice(
            part.Key,
            part.Value.Select(outcome => outcome.Task).Distinct().Count(),
            interval!,
            Metric.Recall.Mean(part.Value) is { } recall ? Math.Round(recall, 6) : null,
            Math.Round(Metric.FinishRate.Mean(part.Value)!.Value, 6),
            Math.Round(Metric.CallsPerEpisode.Mean(part.Value)!.Value, 6)))];
    }

    private static ImmutableArray<Difference> Differences(ReportInput input, Estimates estimates)
    {
        var names = input.Methods.Select(run => run.Method).ToList();
        var comparisons = input.Comparisons;
        if (comparisons.IsEmpty && input.Methods.FirstOrDefault(run => run.Kind == MethodKind.Method) is { } first)
        {
            comparisons = [.. names.Where(name => name != first.Method).Select(name => new Comparison(first.Method, name))];
        }

        var whole = PairedDifferences.Of(input.Methods.Select(run => run.Outcomes), estimates);
        var deep = IsDeepInPart(input.Methods[0].Outcomes) ? PairedDifferences.Of(input.Methods.Select(run => run.Outcomes.Where(IsDeep).ToImmutableArray()), estimates) : null;
        var byDepth = PairedDifferences.BySlice(input.Methods, estimates, SliceLabel.Depth);
        var byKind = PairedDifferences.BySlice(input.Methods, estimates, SliceLabel.Kind);
        var differences = comparisons.Select(pair =>
        {
            var (method, against) = (names.IndexOf(pair.Method), names.IndexOf(pair.Against));
            var (interval, pValue) = whole.Between(method, against);
            return new Difference(pair.Method, pair.Against, input.Methods[against].Kind, interval, pValue)
            {
                Deep = deep?.Between(method, against) is { } below ? new DeepDifference(below.Interval, below.PValue, false) : null,
                ByDepth = [.. byDepth.Select(slice => new SliceDifference(slice.Key, slice.Value.Between(method, against).Interval))],
                ByKind = [.. byKind.Select(slice => new SliceDifference(slice.Key, slice.Value.Between(method, against).Interval))],
            };
        }).ToArray();
        foreach (var family in Enumerable.Range(0, differences.Length).GroupBy(index => (differences[index].Method, differences[index].AgainstKind)))
        {
            int[] members = [.. family];
            var adjusted = Significance.Holm([.. members.Select(index => differences[index].PValue)]);
            var deepAdjusted = Significance.Holm([.. members.Select(index => differences[index].Deep?.PValue ?? 1)]);
            for (var member = 0; member < members.Length; member++)
            {
                var difference = differences[members[member]];
                differences[members[member]] = difference with
                {
                    PValue = Math.Round(adjusted[member], 6),
                    Holds = difference.PassRate.ExcludesZero && adjusted[member] <= Level,
                    Deep = difference.Deep is { } below ? new DeepDifference(
                        below.PassRate, Math.Round(deepAdjusted[member], 6), below.PassRate.ExcludesZero && deepAdjusted[member] <= Level) : null,
                };
            }
        }

        return [.. differences];
    }

    private static bool IsDeep(Outcome outcome) => outcome.Labels.Depth >= Chained;

    private static bool IsDeepInPart(ImmutableArray<Outcome> outcomes) => outcomes.Any(IsDeep) && !outcomes.All(IsDeep);
}
