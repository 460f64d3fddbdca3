using System.Globalization;

namespace StepTool.Core.Runs;

/// <summary>What a plan's stages must keep to where they promote or remove versions of policies.</summary>
internal static class PolicyRules
{
    // A rollout may still be played by a version that is older than the newest by the staleness, two batches that slow ones are waited for, and the one that is being made.
    private const int InFlight = 4;

    /// <summary>Checks a plan.</summary>
    /// <exception cref="ArgumentException">A stage breaks a rule.</exception>
    internal static void Check(RunPlan plan)
    {
        for (var index = 0; index < plan.Stages.Length; index++)
        {
            if (plan.Stages[index] is EvaluateStage { IsGate: true } gate)
            {
                CheckGate(plan, gate, index);
            }
            else if (plan.Stages[index] is TrainStage { KeptVersions: not 0 } train)
            {
                CheckKept(plan, train);
            }
        }
    }

    private static void CheckGate(RunPlan plan, EvaluateStage gate, int index)
    {
        var place = $"Stage '{gate.Name}' of run '{plan.Run}' is a gate for '{gate.Policy}'";
        if (gate.Policy.Pin is PolicyPin.Floor or PolicyPin.Promoted)
        {
            throw new ArgumentException($"{place}; a gate promotes a version that is not promoted yet. Give it one, such as NAME@latest or NAME@7.");
        }

        if (gate.HoldsFinish)
        {
            throw new ArgumentException($"{place} and holds Finish back; that is not how a policy serves. Leave one of them out.");
        }

        if (!plan.Stages.Take(index).OfType<EvaluateStage>().Any(gate.IsLike))
        {
            throw new ArgumentException($"{place}, but no stage before it measures that policy on the same tasks in the same way; there is nothing to compare with. Put one before it, such as of {gate.Policy.Name}@promoted.");
        }

        if (plan.Stages.OfType<TrainStage>().FirstOrDefault(train => train.Policy == gate.Policy.Name && train.Promotes) is { } other)
        {
            throw new ArgumentException($"{place}, but stage '{other.Name}' promotes that policy whatever it measures. Leave that to the gate: set Promotes of '{other.Name}' to false.");
        }
    }

    private static void CheckKept(RunPlan plan, TrainStage train)
    {
        var least = train.MaxStaleness + InFlight;
        if (train.KeptVersions < least)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Stage '{train.Name}' of run '{plan.Run}' keeps {train.KeptVersions} versions; at staleness {train.MaxStaleness} episodes may be under way with the newest {least}. Keep at least {least}, or 0 for all."));
        }

        if (plan.Stages.OfType<EvaluateStage>().FirstOrDefault(stage => stage.Policy.Name == train.Policy && (stage.AtTurns is not null || stage.Policy.Pin is PolicyPin.Version)) is { } other)
        {
            throw new ArgumentException(
                $"Stage '{train.Name}' of run '{plan.Run}' keeps {train.KeptVersions} versions, and stage '{other.Name}' measures an older one, which may be gone by then. Keep all: set KeptVersions to 0.");
        }
    }
}
