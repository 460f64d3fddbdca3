using StepTool.Client.Comparing;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Client.Comparing;

[Trait("Kind", "Unit")]
public sealed class ComparePlannerTests
{
    private static readonly CompareRequest Request = new()
    {
        Run = "compare-x",
        World = "built-in:1",
        Floors = ["random"],
        BatchSize = 32,
        CurvePoints = 2,
        Seeds = [4, 5],
        Turns = 1000,
        StartTurns = 100,
        Demonstrations = 20,
        Contenders = Contender.Of(["eto", "sft"], [], new TrainingSettings(), new RewardOptions()),
    };

    [Fact]
    public void Plan_FirstSeed_MeasuresFloorsThenTheStartThenEachContender() => Assert.Equal(
        ["random", "start/train@100", "start/dev@0", "start",
         "sft/train@1000", "sft/dev@500", "sft/dev@1000", "sft", "sft+fill", "sft sampled", "eto/train@1000", "eto/dev@500", "eto/dev@1000", "eto", "eto sampled"],
        Plan(4).Stages.Select(stage => stage.Name));

    [Fact]
    public void Plan_LaterSeed_DiffersBySeedAndFloorsOnly()
    {
        var (first, later) = (Plan(4), Plan(5));

        Assert.Equal(first.Stages.Skip(1).Select(stage => stage.Name), later.Stages.Select(stage => stage.Name));
        Assert.Equal((4ul, 5ul), (first.Seed, later.Seed));
        Assert.All(later.Stages.OfType<TrainStage>(), stage => Assert.Equal(5ul, stage.Settings.Seed));
    }

    [Fact]
    public void Plan_Contenders_StartFromTheCommonStartWithEqualTurnsAndEnoughUpdates()
    {
        var training = Plan(4).Stages.OfType<TrainStage>().ToList();

        Assert.Null(training[0].Start);
        Assert.All(training.Skip(1), stage => Assert.Equal(("r-start", 1000L, 1000L), (stage.Start, stage.UntilTurns, stage.Settings.TotalTurns)));
        Assert.All(training, stage => Assert.True((long)stage.Iterations * stage.BatchSize >= stage.UntilTurns));
        Assert.Equal(["r-start", "r-sft", "r-eto"], training.Select(stage => stage.Policy));
    }

    [Fact]
    public void Plan_Imitation_SeesTheDemonstrationsAlone_OthersAllTasks() => Assert.Equal(
        [("start/train@100", true, 20, 1), ("sft/train@1000", true, 20, 1), ("eto/train@1000", false, 0, 8)],
        Plan(4).Stages.OfType<TrainStage>().Select(stage => (stage.Name, stage.Demonstrated, stage.MaxTasks, stage.Attempts)));

    [Fact]
    public void Plan_Dev_PinsTheVersionOfThoseTurns() => Assert.Equal(
        [("sft/dev@500", 500L), ("sft/dev@1000", 1000L)],
        Plan(4).Stages.OfType<EvaluateStage>().Where(stage => stage.Name.StartsWith("sft/", StringComparison.Ordinal)).Select(stage => (stage.Name, stage.AtTurns!.Value)));

    [Theory]
    [InlineData(Split.Dev)]
    [InlineData(Split.Test)]
    public void Plan_Results_AreMeasuredOnTheSplitAskedFor(Split split)
    {
        var measured = ComparePlanner.Plan(Request with { Measured = split }, 4, "r").Stages.OfType<EvaluateStage>().Where(stage => !stage.Name.Contains('@', StringComparison.Ordinal));

        Assert.All(measured, stage => Assert.Equal(split, stage.Split));
    }

    [Fact]
    public void Plan_Ablation_PaysItsOwnRewards()
    {
        var contenders = Contender.Of([], ["rewards"], new TrainingSettings(), new RewardOptions());
        var training = ComparePlanner.Plan(Request with { Contenders = contenders }, 4, "r").Stages.OfType<TrainStage>().Skip(1).ToList();

        Assert.Equal(contenders.Select(contender => contender.Rewards), training.Select(stage => stage.Rewards));
        Assert.Equal(training.Count, training.Select(stage => stage.Policy).Distinct().Count());
        Assert.Contains("r-steptool-shuffled", training.Select(stage => stage.Policy));
    }

    [Fact]
    public void Plan_Any_IsAcceptedByTheRules() => RunPlanRules.Check(ComparePlanner.Plan(
        Request with { Contenders = Contender.Of(["all"], ["credit", "rewards"], new TrainingSettings(), new RewardOptions()) }, 4, "r"));

    private static RunPlan Plan(int seed) => ComparePlanner.Plan(Request, seed, "r");
}
