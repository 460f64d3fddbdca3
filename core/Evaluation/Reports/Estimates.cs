namespace StepTool.Core.Evaluation.Reports;

/// <summary>Intervals and paired differences over one set of tasks and seeds, all from the same draws.</summary>
internal sealed class Estimates
{
    private readonly string[] _components;
    private readonly int[] _seeds;

    /// <summary>Fixes components and seeds by everything that will be compared.</summary>
    public Estimates(IEnumerable<Outcome> all)
    {
        var list = all as IReadOnlyCollection<Outcome> ?? [.. all];
        _components = [.. list.Select(outcome => outcome.Labels.Component).Distinct().Order(StringComparer.Ordinal)];
        _seeds = [.. list.GroupBy(outcome => outcome.Policy).Select(own => own.Select(outcome => outcome.Seed).Distinct().Order().ToArray())
            .MaxBy(seeds => seeds.Length)!];
        Bootstrap = new Bootstrap(_components.Length, _seeds.Length);
    }

    /// <summary>The draws.</summary>
    public Bootstrap Bootstrap { get; }

    /// <summary>How the intervals are made.</summary>
    public IntervalMethod Method => new(Bootstrap.Draws, Bootstrap.DrawsSeeds ? "tasks and seeds" : "tasks only", _components.Length, _seeds.Length);

    /// <summary>One metric's interval; null where no outcome counts.</summary>
    public Interval? Interval(Metric metric, IReadOnlyCollection<Outcome> outcomes) => Intervals([(metric, outcomes)])[0];

    /// <summary>Intervals of many quantities in one pass.</summary>
    public Interval?[] Intervals(IReadOnlyList<(Metric Metric, IReadOnlyCollection<Outcome> Outcomes)> quantities)
    {
        var sums = quantities.Select(quantity => Sums(quantity.Metric, quantity.Outcomes)).ToList();
        return [.. Bootstrap.Resample(sums).Zip(sums, (draws, sum) => Evaluation.Interval.Percentile(sum.Estimate, draws)?.Rounded())];
    }

    /// <summary>Draws of pass rates, to be subtracted pair by pair.</summary>
    public List<(double Estimate, double[] Draws)> PassRates(IEnumerable<IReadOnlyCollection<Outcome>> methods)
    {
        var sums = methods.Select(outcomes => Sums(Metric.PassRate, outcomes)).ToList();
        return [.. Bootstrap.Resample(sums).Zip(sums, (draws, sum) => (sum.Estimate, draws))];
    }

    private ComponentSums Sums(Metric metric, IReadOnlyCollection<Outcome> outcomes) => ComponentSums.Of(metric, outcomes, _components, _seeds);
}
