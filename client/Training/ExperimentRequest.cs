using System.Collections.Immutable;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;

namespace StepTool.Client.Training;

/// <summary>What training and comparing have in common, every option decided.</summary>
internal abstract record ExperimentRequest
{
    /// <summary>Reference of the world.</summary>
    public required string World { get; init; }

    /// <summary>Names of the floors to stand beside what is trained.</summary>
    public required ImmutableArray<string> Floors { get; init; }

    /// <summary>Episodes an update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Updates that a rollout's policy may be behind; 0 where the numbers are to be the same each time.</summary>
    public int MaxStaleness
    {
        get => Deterministic ? 0 : field;
        init;
    } = 1;

    /// <summary>Whether two runs of the same request give the same numbers.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Share of training episodes whose last turn offers Finish only.</summary>
    public double FinishShare { get; init; } = 0.5;

    /// <summary>Share of turns with a mistake in scripted demonstrations.</summary>
    public double MistakeShare { get; init; } = 0.2;

    /// <summary>Points of the learning curve after the start.</summary>
    public int CurvePoints { get; init; } = 6;

    /// <summary>Dev tasks a point of the curve.</summary>
    public int DevTasks { get; init; } = 200;

    /// <summary>Test tasks measured, spread evenly; 0 for all.</summary>
    public int TestTasks { get; init; }

    /// <summary>Groups to train on; empty for all.</summary>
    public ImmutableArray<string> TrainGroups { get; init; } = [];

    /// <summary>Groups to measure on; empty for all.</summary>
    public ImmutableArray<string> TestGroups { get; init; } = [];

    /// <summary>How steps are rewarded.</summary>
    public RewardOptions Rewards { get; init; } = new();

    /// <summary>How policies learn.</summary>
    public TrainingSettings Settings { get; init; } = new();

    /// <summary>The command line, for people.</summary>
    public string Command { get; init; } = "";
}
