namespace StepTool.Learning.Objectives;

/// <summary>Brings numbers to mean 0 and variance 1.</summary>
/// <remarks>
/// Over the whole batch, never over the steps of one turn index: a policy that decides when to stop would then be paid for length.
/// </remarks>
public static class Whitening
{
    /// <summary>A deviation below this share of the largest number is rounding: everything becomes 0.</summary>
    private const double SmallestShare = 1e-6;

    /// <summary>Whitens in place; equal numbers, or a single one, become 0.</summary>
    /// <param name="values">The numbers.</param>
    public static void Apply(Span<float> values)
    {
        double sum = 0, squares = 0, largest = 0;
        foreach (var value in values)
        {
            sum += value;
            largest = Math.Max(largest, Math.Abs((double)value));
        }

        var mean = sum / values.Length;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        var deviation = Math.Sqrt(squares / values.Length);
        var scale = deviation > SmallestShare * largest ? 1 / deviation : 0;
        foreach (ref var value in values)
        {
            value = (float)((value - mean) * scale);
        }
    }
}
