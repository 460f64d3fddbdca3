using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Policies;

/// <summary>What a policy stores: its chain of versions.</summary>
[StateVersion(3)]
internal sealed record PolicyState
{
    public static PolicyState Empty { get; } = new();

    /// <summary>Versions, oldest first; the index is the version.</summary>
    public ImmutableArray<PolicyManifest> Versions { get; init; } = [];

    /// <summary>Versions promoted, newest last.</summary>
    public ImmutableArray<int> Promotions { get; init; } = [];

    /// <summary>The last stages of runs that had a version promoted at their end, oldest first: none has it done again.</summary>
    public ImmutableArray<string> PromotedBy { get; init; } = [];

    /// <summary>What gates found, oldest first.</summary>
    public ImmutableArray<GateResult> Gates { get; init; } = [];

    /// <summary>Pinned versions by holder.</summary>
    public ImmutableSortedDictionary<string, int> Pins { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Versions marked as removed whose blobs may still be there.</summary>
    public ImmutableArray<int> Erasing { get; init; } = [];

    /// <summary>All ordinals that the chain has consumed.</summary>
    public OrdinalSet Consumed { get; init; } = OrdinalSet.Empty;

    /// <summary>The ends of the chain; null when it is empty.</summary>
    [JsonIgnore]
    public PolicyHead? Head => Versions.IsEmpty ? null : new PolicyHead(Versions[^1], Versions[Promotions is [.., var promoted] ? promoted : 0], Consumed);
}
