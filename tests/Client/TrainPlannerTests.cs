using StepTool.Client.Training;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class TrainPlannerTests
{
    private static readonly TrainRequest Request = new()
    {
        Run = "train-x-1",
        World = "built-in:1",
        Floors = ["random", "bm25@1"],
        Iterations = 10,
        BatchSize = 32,
        CurvePoints = 3,
        Seed = 7,
    };

    [Fact]
    public void Plan_Stages_MeasureFloorsAndUntrainedThenTrainWithLooksAtDevThenMeasureTrained() => Assert.Equal(
        ["random", "bm25@1", "untrained", "dev@0", "train@3", "dev@3", "train@6", "dev@6", "train@10", "dev@10", "steptool", "steptool sampled"],
        TrainPlanner.Plan(Request).Stages.Select(stage => stage.Name));

    [Fact]
    public void Plan_Gated_EachLookAfterTrainingDecidesWhatIsPromoted()
    {
        var gates = TrainPlanner.Plan(Request).Stages.OfType<EvaluateStage>().Where(stage => stage.IsGate).Select(stage => stage.Name);
        Assert.Equal(["dev@3", "dev@6", "dev@10"], gates);
        Assert.All(Training(Request), stage => Assert.False(stage.Promotes));
        RunPlanRules.Check(TrainPlanner.Plan(Request));
    }

    [Fact]
    public void Plan_NotGated_EachPartOfTheTrainingPromotes()
    {
        var request = Request with { IsGated = false, KeptVersions = 9 };
        Assert.DoesNotContain(TrainPlanner.Plan(request).Stages, stage => stage is EvaluateStage { IsGate: true });
        Assert.All(Training(request), stage => Assert.True(stage is { Promotes: true, KeptVersions: 9 }));
        RunPlanRules.Check(TrainPlanner.Plan(request));
    }

    [Fact]
    public void Plan_Iterations_AreSpreadOverThePointsWithoutLoss() =>
        Assert.Equal([3, 3, 4], Training(Request).Select(stage => stage.Iterations));

    [Fact]
    public void Plan_MorePointsThanIterations_OnePointAnUpdate() =>
        Assert.Equal([1, 1], Training(Request with { Iterations = 2, CurvePoints = 6 }).Select(stage => stage.Iterations));

    [Theory]
    [InlineData("steptool", 1, false)]
    [InlineData("eto", 8, false)]
    [InlineData("sft", 1, true)]
    public void Plan_Method_DecidesAttemptsAndWhoPlays(string method, int attempts, bool demonstrated) => Assert.All(
        Training(Request with { Settings = new TrainingSettings { Method = method } }), stage => Assert.Equal((attempts, demonstrated), (stage.Attempts, stage.Demonstrated)));

    [Theory]
    [InlineData("sft")]
    [InlineData("relevance")]
    public void Plan_MethodThatIsTold_IsAlsoMeasuredWithFinishHeldBack(string method)
    {
        var stages = TrainPlanner.Plan(Request with { Settings = new TrainingSettings { Method = method } }).Stages.OfType<EvaluateStage>();
        Assert.Equal([(method, false), (method + "+fill", true), (method + " sampled", false)], stages.TakeLast(3).Select(stage => (stage.Name, stage.HoldsFinish)));
    }

    [Fact]
    public void Plan_Deterministic_TrainsStrictlyOnPolicy() =>
        Assert.All(Training(Request with { Deterministic = true, MaxStaleness = 4 }), stage => Assert.True(stage is { Deterministic: true, MaxStaleness: 0 }));

    [Fact]
    public void Plan_Test_IsNeverSeenBeforeTrainingEndsButByFloorsAndTheUntrainedPolicy()
    {
        var stages = TrainPlanner.Plan(Request).Stages;
        var lastTraining = stages.IndexOf(stages.OfType<TrainStage>().Last());

        Assert.Equal(["random", "bm25@1", "untrained"], stages.Take(lastTraining).OfType<EvaluateStage>().Where(stage => stage.Split == Split.Test).Select(stage => stage.Name));
    }

    [Fact]
    public void Plan_Seed_ReachesSamplingAndLearnerAlike()
    {
        var plan = TrainPlanner.Plan(Request);

        Assert.Equal(7ul, plan.Seed);
        Assert.All(Training(Request), stage => Assert.Equal((7ul, 10), (stage.Settings.Seed, stage.Settings.TotalUpdates)));
    }

    [Fact]
    public void Plan_SampledPass_IsTheOnlyOneThatSamples() => Assert.Equal(
        ["steptool sampled"], TrainPlanner.Plan(Request).Stages.OfType<EvaluateStage>().Where(stage => stage.Mode == DecisionMode.Sampled).Select(stage => stage.Name));

    [Fact]
    public void Settings_OfTwoRequests_DifferWhereTheyDo()
    {
        var (one, other) = (RequestSettings.Of(Request), RequestSettings.Of(Request with { Settings = new TrainingSettings { Kl = 0.5 } }));

        Assert.Equal(["kl"], one.Keys.Where(key => one[key] != other[key]));
    }

    private static IEnumerable<TrainStage> Training(TrainRequest request) => TrainPlanner.Plan(request).Stages.OfType<TrainStage>();
}
