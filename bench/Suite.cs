using System.Collections.Immutable;

namespace StepTool.Bench;

/// <summary>A benchmark.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="MeasureAsync">Measures.</param>
internal sealed record Suite(string Name, Func<BenchOptions, Task<Measured>> MeasureAsync);

/// <summary>What a benchmark found.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Series">What they were taken from, where it is worth keeping.</param>
/// <param name="Violations">Promises that were not kept, each in a sentence.</param>
internal sealed record Measured(ImmutableArray<Figure> Figures, object? Series = null, ImmutableArray<string> Violations = default)
{
    public static implicit operator Measured(ImmutableArray<Figure> figures) => new(figures);
}

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
