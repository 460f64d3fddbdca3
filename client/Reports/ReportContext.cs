using System.Collections.Immutable;
using StepTool.Client.Worlds;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Worlds;

namespace StepTool.Client.Reports;

/// <summary>What a report says of its runs beside their outcomes.</summary>
internal sealed record ReportContext
{
    /// <summary>Their world.</summary>
    public required WorldChoice World { get; init; }

    /// <summary>Part of the world that was measured.</summary>
    public Split Measured { get; init; } = Split.Test;

    /// <summary>Pairs to compare; empty for the first method against all others.</summary>
    public ImmutableArray<Comparison> Comparisons { get; init; } = [];

    /// <summary>Names of rows that stand outside the ranking, beside those that always do.</summary>
    public ImmutableHashSet<string> References { get; init; } = [];

    /// <summary>Configurations that have been run on this world's test split up to this one.</summary>
    public int TestRuns { get; init; } = 1;

    /// <summary>Settings, by name.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What a reader should know, beside what the world says.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Wall-clock times; null where not known.</summary>
    public ReportTimings? Timings { get; init; }
}
