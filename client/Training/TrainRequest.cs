using System.Collections.Immutable;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;

namespace StepTool.Client.Training;

/// <summary>What <c>train</c> was asked for, every option decided.</summary>
internal sealed record TrainRequest
{
    /// <summary>Id of the run; its policy has the same name.</summary>
    public required string Run { get; init; }

    /// <summary>Reference of the world.</summary>
    public required string World { get; init; }

    /// <summary>Names of the floors to stand beside the trained policy.</summary>
    public required ImmutableArray<string> Floors { get; init; }

    /// <summary>Updates altogether.</summary>
    public required int Iterations { get; init; }

    /// <summary>Episodes an update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Seed of first weights, sampling and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Updates that a rollout's policy may be behind.</summary>
    public int MaxStaleness { get; init; } = 1;

    /// <summary>Whether two runs of the same request give the same numbers.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Share of training episodes whose last turn offers Finish only.</summary>
    public double FinishShare { get; init; } = 0.5;

    /// <summary>Share of turns with a mistake in scripted demonstrations.</summary>
    public double MistakeShare { get; init; } = 0.2;

    /// <summary>Points of the learning curve after the start; at most one an update.</summary>
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

    /// <summary>How the policy learns.</summary>
    public TrainingSettings Settings { get; init; } = new();

    /// <summary>The command line, for people.</summary>
    public string Command { get; init; } = "";
}
