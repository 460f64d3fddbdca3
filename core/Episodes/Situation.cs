using System.Collections.Immutable;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;

namespace StepTool.Core.Episodes;

/// <summary>All that an agent sees when it decides: the task, the documentation of the offered APIs, and its own steps so far.</summary>
public sealed record Situation
{
    /// <summary>The task.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>Documentation of <see cref="AgentTask.Offered"/>, in the same order.</summary>
    public required ImmutableArray<ApiDocumentation> Apis { get; init; }

    /// <summary>Steps taken so far.</summary>
    public required ImmutableArray<Step> Steps { get; init; }

    /// <summary>Actions that a search has tried here and left; they are not offered again.</summary>
    public ImmutableArray<AgentAction> Tried { get; init; } = [];

    /// <summary>Whether the last turn offers nothing but Finish: see <see cref="Episode.FinishesAtBudget"/>.</summary>
    public bool FinishesAtBudget { get; init; }

    /// <summary>Whether Finish is offered in the last turn only: see <see cref="Episode.HoldsFinish"/>.</summary>
    public bool HoldsFinish { get; init; }

    /// <summary>Whether Finish is all that is offered now.</summary>
    public bool MustFinish => (FinishesAtBudget || HoldsFinish) && TurnsLeft <= 1;

    /// <summary>Whether Finish is not offered now.</summary>
    public bool MayNotFinish => HoldsFinish && TurnsLeft > 1;

    /// <summary>Turns left, this one included; at least 1.</summary>
    public int TurnsLeft => Task.MaxTurns - Steps.Length;
}
