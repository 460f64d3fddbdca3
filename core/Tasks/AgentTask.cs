using System.Collections.Immutable;
using StepTool.Core.Tools;

namespace StepTool.Core.Tasks;

/// <summary>One task to be solved: what an agent is told. It names APIs by key and never carries their documentation.</summary>
public sealed record AgentTask
{
    /// <summary>Id, unique within its world or queue file.</summary>
    public required string Id { get; init; }

    /// <summary>What the user asks.</summary>
    public required string Query { get; init; }

    /// <summary>APIs on offer, in the order the agent sees them.</summary>
    public required ImmutableArray<ApiKey> Offered { get; init; }

    /// <summary>Turns until the episode is truncated, Finish included; at least 1.</summary>
    public required int MaxTurns { get; init; }

    /// <summary>Whether another task says the same.</summary>
    public bool IsSameAs(AgentTask other) => ReferenceEquals(this, other)
        || (Id == other.Id && Query == other.Query && MaxTurns == other.MaxTurns && Offered.AsSpan().SequenceEqual(other.Offered.AsSpan()));
}
