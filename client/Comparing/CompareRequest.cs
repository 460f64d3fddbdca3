using System.Collections.Immutable;
using StepTool.Client.Training;
using StepTool.Core.Worlds;

namespace StepTool.Client.Comparing;

/// <summary>What <c>compare</c> was asked for, every option decided.</summary>
internal sealed record CompareRequest : ExperimentRequest
{
    /// <summary>First part of the runs' ids.</summary>
    public required string Run { get; init; }

    /// <summary>What is compared, in the report's order.</summary>
    public required ImmutableArray<Contender> Contenders { get; init; }

    /// <summary>Seeds, ascending; a run each.</summary>
    public required ImmutableArray<int> Seeds { get; init; }

    /// <summary>Turns that each contender learns from, exploration included: N.</summary>
    public required long Turns { get; init; }

    /// <summary>Turns of demonstrations that the common start learns from.</summary>
    public required long StartTurns { get; init; }

    /// <summary>Train tasks that a demonstration is given of; 0 for all that have one.</summary>
    public int Demonstrations { get; init; }

    /// <summary>Part of the world that results are measured on: test, or dev while choosing.</summary>
    public Split Measured { get; init; } = Split.Test;
}
