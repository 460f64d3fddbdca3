using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Unit")]
public sealed class PolicyRulesTests
{
    private static readonly EvaluateStage Before = new() { Name = "dev@0", Policy = new PolicyReference("p", PolicyPin.Latest), Split = Split.Dev, MaxTasks = 20 };
    private static readonly TrainStage Training = new() { Name = "train@5", Policy = "p", Iterations = 5, BatchSize = 8, Promotes = false };
    private static readonly EvaluateStage Gate = Before with { Name = "dev@5", IsGate = true };

    [Fact]
    public void Check_GateBehindAStageThatMeasuresAlike_Passes() => RunPlanRules.Check(Plan(Before, Training with { KeptVersions = 5 }, Gate));

    [Fact]
    public void Check_GateWithNothingToCompareWith_IsRefused()
    {
        const string Expected = "Stage 'dev@5' of run 'run-1' is a gate for 'p@latest', but no stage before it measures that policy on the same tasks in the same way";
        Refuses(Expected, Training, Gate, Before);
        Refuses(Expected, Before with { MaxTasks = 10 }, Training, Gate);
        Refuses(Expected, Before with { Groups = ["G1"] }, Training, Gate);
        Refuses(Expected, Before with { Policy = new PolicyReference("other", PolicyPin.Latest) }, Training, Gate);
    }

    [Fact]
    public void Check_GateForWhatCannotBePromoted_IsRefused()
    {
        Refuses("is a gate for 'p@promoted'; a gate promotes a version that is not promoted yet", Before, Gate with { Policy = new PolicyReference("p", PolicyPin.Promoted) });
        Refuses("is a gate for 'floor:listed'", Gate with { Policy = new PolicyReference("listed", PolicyPin.Floor) });
        Refuses("holds Finish back", Before with { HoldsFinish = true }, Gate with { HoldsFinish = true });
    }

    [Fact]
    public void Check_GateBesideTrainingThatPromotesAnyway_IsRefused() =>
        Refuses("stage 'train@5' promotes that policy whatever it measures", Before, Training with { Promotes = true }, Gate);

    [Fact]
    public void Check_FewerVersionsThanMayBeUnderWay_IsRefused() =>
        Refuses("keeps 5 versions; at staleness 2 episodes may be under way with the newest 6. Keep at least 6, or 0 for all.", Training with { MaxStaleness = 2, KeptVersions = 5 });

    [Fact]
    public void Check_VersionsRemovedThatAStageMeasures_IsRefused()
    {
        Refuses("stage 'dev@0' measures an older one", Training with { KeptVersions = 9 }, Before with { AtTurns = 100 });
        Refuses("stage 'dev@0' measures an older one", Training with { KeptVersions = 9 }, Before with { Policy = new PolicyReference("p", PolicyPin.Version, 3) });
    }

    private static RunPlan Plan(params RunStage[] stages) => new() { Run = "run-1", World = "tiny", Stages = [.. stages] };

    private static void Refuses(string expected, params RunStage[] stages) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => RunPlanRules.Check(Plan(stages))).Message, StringComparison.Ordinal);
}
