using System.Collections.Immutable;
using StepTool.Client.Comparing;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Reports;

/// <summary>One ended run as a report sees it: one seed.</summary>
internal sealed record RunRecord
{
    /// <summary>How the run ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Its outcomes, by ordinal.</summary>
    public required ImmutableArray<RolloutOutcome> Outcomes { get; init; }

    /// <summary>Versions of each policy that it trained, by the policy's name.</summary>
    public ImmutableDictionary<string, ImmutableArray<PolicyManifest>> Versions { get; init; } = ImmutableDictionary<string, ImmutableArray<PolicyManifest>>.Empty;

    /// <summary>Seed of the run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Name of the policy that a contender's stages train.</summary>
    public string PolicyOf(string contender) => contender.Length == 0 ? Status.Run : ComparePlanner.Policy(Status.Run, contender);
}
