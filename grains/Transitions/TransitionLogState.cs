using System.Collections.Immutable;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Transitions;

/// <summary>What a log stores: entries not yet consumed, and the ordinals that were.</summary>
[StateVersion(2)]
internal sealed record TransitionLogState
{
    public static TransitionLogState Empty { get; } = new();

    /// <summary>Entries by ordinal.</summary>
    public ImmutableSortedDictionary<long, TransitionEntry> Entries { get; init; } = ImmutableSortedDictionary<long, TransitionEntry>.Empty;

    /// <summary>Ordinals that a published version consumed.</summary>
    public OrdinalSet Consumed { get; init; } = OrdinalSet.Empty;
}
