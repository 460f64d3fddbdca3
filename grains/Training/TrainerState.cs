using StepTool.Grains.Contracts;

namespace StepTool.Grains.Training;

/// <summary>What a trainer stores: its open order. All else is in the policy's chain.</summary>
internal sealed record TrainerState
{
    /// <summary>The order; null when none is open.</summary>
    public TrainingOrder? Order { get; init; }
}
