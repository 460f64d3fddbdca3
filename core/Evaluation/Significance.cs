namespace StepTool.Core.Evaluation;

/// <summary>From bootstrap draws of a difference to a claim.</summary>
public static class Significance
{
    /// <summary>Two-sided p-value: twice the smaller share of draws on either side of 0, the estimate itself counted with them, at most 1.</summary>
    /// <param name="draws">Draws of a paired difference; NaN draws are left out.</param>
    public static double PValue(ReadOnlySpan<double> draws)
    {
        var (below, above, defined) = (1, 1, 1);
        foreach (var draw in draws)
        {
            below += draw <= 0 ? 1 : 0;
            above += draw >= 0 ? 1 : 0;
            defined += double.IsNaN(draw) ? 0 : 1;
        }

        return Math.Min(1, 2.0 * Math.Min(below, above) / defined);
    }

    /// <summary>Holm's step-down adjustment of a family's p-values, in the given order: reject where the result is at most the level.</summary>
    /// <remarks>Holm, "A simple sequentially rejective multiple test procedure", 1979.</remarks>
    public static double[] Holm(ReadOnlySpan<double> values)
    {
        var ascending = values.ToArray();
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort(ascending, order);
        var adjusted = new double[values.Length];
        var highest = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * ascending[rank]));
            adjusted[order[rank]] = highest;
        }

        return adjusted;
    }
}
