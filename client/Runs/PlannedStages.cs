using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Worlds;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>A plan's stages with their number of episodes.</summary>
internal static class PlannedStages
{
    /// <summary>Lays the plan out over its world.</summary>
    /// <exception cref="Refusal">A stage has no tasks there.</exception>
    public static ImmutableArray<PlannedStage> Of(RunPlan plan, WorldChoice world)
    {
        try
        {
            var engine = new RunEngine(plan, world.World);
            return [.. plan.Stages.Select((stage, index) =>
                new PlannedStage(stage.Name, stage is TrainStage, engine.Count(index), (stage as TrainStage)?.Iterations ?? 0))];
        }
        catch (ArgumentException exception)
        {
            throw Refusal.Usage(exception.Message);
        }
    }
}
