namespace StepTool.Bench;

/// <summary>Middle and quartiles of repeated measurements.</summary>
internal sealed record Spread(double Low, double Median, double High)
{
    /// <summary>Of a set of at least one value.</summary>
    internal static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new(At(0.25), At(0.5), At(0.75));

        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            return sorted[below] + ((place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
        }
    }
}
