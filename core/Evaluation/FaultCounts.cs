using StepTool.Core.Episodes;

namespace StepTool.Core.Evaluation;

/// <summary>Episodes that the infrastructure ended, by the boundary that broke, and those their user cancelled.</summary>
public sealed record FaultCounts(int ToolFault, int PolicyFault, int StorageFault, int JudgeFault, int Cancelled)
{
    /// <summary>No fault.</summary>
    public static FaultCounts None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Faults of the infrastructure together; cancelling is none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Faults => ToolFault + PolicyFault + StorageFault + JudgeFault;

    /// <summary>Counts what ended the given episodes.</summary>
    public static FaultCounts Of(IEnumerable<Outcome> outcomes) => outcomes.Aggregate(None, (counts, outcome) => outcome.Fault switch
    {
        FaultBoundary.Tool => counts with { ToolFault = counts.ToolFault + 1 },
        FaultBoundary.Policy => counts with { PolicyFault = counts.PolicyFault + 1 },
        FaultBoundary.Storage => counts with { StorageFault = counts.StorageFault + 1 },
        FaultBoundary.Judge => counts with { JudgeFault = counts.JudgeFault + 1 },
        _ => outcome.Ending == EpisodeStatus.Cancelled ? counts with { Cancelled = counts.Cancelled + 1 } : counts,
    });

    /// <summary>Both together.</summary>
    public FaultCounts Plus(FaultCounts other) => new(
        ToolFault + other.ToolFault,
        PolicyFault + other.PolicyFault,
        StorageFault + other.StorageFault,
        JudgeFault + other.JudgeFault,
        Cancelled + other.Cancelled);
}
