using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Pass-rate draws of all methods over one set of tasks; any two subtract draw by draw.</summary>
internal sealed class PairedDifferences
{
    private readonly List<(double Estimate, double[] Draws)> _methods;

    private PairedDifferences(List<(double Estimate, double[] Draws)> methods) => _methods = methods;

    /// <summary>Draws of all methods over all tasks.</summary>
    public static PairedDifferences Of(IEnumerable<ImmutableArray<Outcome>> methods, Estimates estimates) =>
        new(estimates.PassRates(methods.Select(outcomes => (IReadOnlyCollection<Outcome>)outcomes)));

    /// <summary>Draws of all methods over the tasks of each label.</summary>
    public static ImmutableArray<KeyValuePair<string, PairedDifferences>> BySlice(ImmutableArray<MethodRun> methods, Estimates estimates, SliceLabel label)
    {
        var parts = methods.Select(run => label.Split(run.Outcomes)).ToList();
        return [.. parts[0].Select((slice, index) => KeyValuePair.Create(slice.Key, Of(parts.Select(part => part[index].Value), estimates)))];
    }

    /// <summary>The difference of two methods, and its p-value before adjustment.</summary>
    public (Interval Interval, double PValue) Between(int method, int against)
    {
        var (left, right) = (_methods[method], _methods[against]);
        var draws = new double[left.Draws.Length];
        for (var draw = 0; draw < draws.Length; draw++)
        {
            draws[draw] = left.Draws[draw] - right.Draws[draw];
        }

        return (Interval.Percentile(left.Estimate - right.Estimate, draws)!.Rounded(), Significance.PValue(draws));
    }
}
