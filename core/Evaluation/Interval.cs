namespace StepTool.Core.Evaluation;

/// <summary>An estimate with its 95 % percentile interval.</summary>
/// <param name="Mean">The estimate from all data.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Mean, double Low, double High)
{
    /// <summary>Whether 0 lies outside, both ends included.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool ExcludesZero => Low > 0 || High < 0;

    /// <summary>The interval between the 2.5 % and 97.5 % quantiles of bootstrap draws; null where no draw is defined.</summary>
    /// <param name="estimate">The estimate from all data.</param>
    /// <param name="draws">Estimates of the draws; NaN where a draw leaves nothing to divide by.</param>
    public static Interval? Percentile(double estimate, ReadOnlySpan<double> draws)
    {
        var sorted = draws.ToArray();
        Array.Sort(sorted); // NaN sorts first
        var defined = sorted.AsSpan(sorted.AsSpan().LastIndexOf(double.NaN) + 1);
        return defined.IsEmpty || double.IsNaN(estimate) ? null : new Interval(estimate, Quantile(defined, 0.025), Quantile(defined, 0.975));
    }

    /// <summary>Rounded to six decimals, which is finer than any interval here and keeps reports readable.</summary>
    public Interval Rounded() => new(Math.Round(Mean, 6), Math.Round(Low, 6), Math.Round(High, 6));

    /// <summary>Quantile of ascending numbers, linear between neighbours (Hyndman and Fan's type 7).</summary>
    internal static double Quantile(ReadOnlySpan<double> ascending, double share)
    {
        var position = share * (ascending.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, ascending.Length - 1);
        return ascending[below] + ((position - below) * (ascending[above] - ascending[below]));
    }
}
