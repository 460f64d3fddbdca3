using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Training;

/// <summary>What a trainer stores: its open order and which ordinals it has given away. All else is in the policy's chain.</summary>
[StateVersion(2)]
internal sealed record TrainerState
{
    /// <summary>The order; null when none is open.</summary>
    public TrainingOrder? Order { get; init; }

    /// <summary>Training ordinal of the order's first episode; earlier ones are never waited for and never learnt.</summary>
    public long First { get; init; }

    /// <summary>The ordinal after the last one given away.</summary>
    public long Reserved { get; init; }
}
