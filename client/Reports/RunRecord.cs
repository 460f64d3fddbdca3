using System.Collections.Immutable;
using StepTool.Client.Worlds;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Reports;

/// <summary>All that a report is made from.</summary>
internal sealed record RunRecord
{
    /// <summary>How the run ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Its outcomes, by ordinal.</summary>
    public required ImmutableArray<RolloutOutcome> Outcomes { get; init; }

    /// <summary>Its world.</summary>
    public required WorldChoice World { get; init; }

    /// <summary>Names of floors.</summary>
    public required IReadOnlySet<string> Floors { get; init; }

    /// <summary>Versions of the trained policy; empty where nothing was trained.</summary>
    public ImmutableArray<PolicyManifest> Versions { get; init; } = [];

    /// <summary>Seed of the run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Configurations that have been run on this world's test split up to this one.</summary>
    public int TestRuns { get; init; } = 1;

    /// <summary>Settings, by name.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Wall-clock times; null where not known.</summary>
    public ReportTimings? Timings { get; init; }
}
