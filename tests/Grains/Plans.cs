using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Grains;

/// <summary>Plans of small runs on the tiny world.</summary>
internal static class Plans
{
    public static RunPlan Of(params RunStage[] stages) => new() { Run = "run", World = "tiny", Stages = [.. stages] };

    /// <summary>A run whose calls may change something.</summary>
    public static RunPlan Live(params RunStage[] stages) => Of(stages) with { Tools = ToolMode.Live };

    public static RunPlan Serving(string policy = "floor:bm25@2") => new() { Run = "run", World = "tiny", Serves = PolicyReference.Parse(policy) };

    public static EvaluateStage Evaluate(string policy = "floor:bm25@2", DecisionMode mode = DecisionMode.Greedy, Split split = Split.Test) =>
        new() { Name = policy, Policy = PolicyReference.Parse(policy), Split = split, Mode = mode };

    public static TrainStage Train(int iterations = 3, int batchSize = 8, int staleness = 1, bool deterministic = false) => new()
    {
        Name = "train",
        Policy = "policy",
        Iterations = iterations,
        BatchSize = batchSize,
        MaxStaleness = deterministic ? 0 : staleness,
        Deterministic = deterministic,
        Settings = new TrainingSettings { Hidden = 8, Epochs = 1 },
    };
}
