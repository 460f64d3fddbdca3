using System.Collections.Immutable;

namespace StepTool.Bench;

/// <summary>A benchmark.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="MeasureAsync">Measures.</param>
internal sealed record Suite(string Name, Func<BenchOptions, Task<ImmutableArray<Figure>>> MeasureAsync);

/// <summary>One measured figure.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Value">The value; the median where it was measured more than once.</param>
/// <param name="Goal">The goal it is held against, or empty.</param>
/// <param name="Spread">Middle and quartiles of what was measured more than once.</param>
internal sealed record Figure(string Name, double Value, string Goal = "", Spread? Spread = null)
{
    /// <summary>A figure measured more than once.</summary>
    internal static Figure Of(string name, IEnumerable<double> values, string goal = "")
    {
        var spread = Bench.Spread.Of(values);
        return new(name, spread.Median, goal, spread);
    }
}
