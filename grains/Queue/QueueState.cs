using System.Collections.Immutable;
using StepTool.Core.Runs;

namespace StepTool.Grains.Queue;

/// <summary>What a shard stores: the incomplete rollouts of each run.</summary>
internal sealed record QueueState
{
    public static QueueState Empty { get; } = new();

    /// <summary>Incomplete ordinals by run.</summary>
    public ImmutableSortedDictionary<string, OrdinalSet> Runs { get; init; } = ImmutableSortedDictionary<string, OrdinalSet>.Empty;
}
