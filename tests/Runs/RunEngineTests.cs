using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Worlds;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Unit")]
public sealed class RunEngineTests
{
    private const int Roomy = 1000;
    private static readonly TinyWorld World = new(train: 10, test: 7);

    [Fact]
    public void Stages_LayOutOrdinalsOneAfterTheOther()
    {
        var engine = Engine(Test(), Train(3, 4), Test());
        Assert.Equal([0L, 7, 19], Enumerable.Range(0, 3).Select(engine.First));
        Assert.Equal([7L, 12, 7], Enumerable.Range(0, 3).Select(engine.Count));
        Assert.Equal([0, 0, 1, 1, 2, 2, -1, -1], new long[] { 0, 6, 7, 18, 19, 25, 26, -1 }.Select(engine.StageOf));
    }

    [Fact]
    public void Rollout_OtherRunId_IsTheSameButForItsId()
    {
        var (one, other) = (new RunEngine(Plan(Train(3, 4)), World), new RunEngine(Plan(Train(3, 4)) with { Run = "other" }, World));
        Assert.All(Enumerable.Range(0, 12), ordinal =>
            Assert.Equal(one.Rollout(ordinal, 0, 0), other.Rollout(ordinal, 0, 0) with { Id = new("run", ordinal) }));
    }

    [Fact]
    public void Rollout_OtherSeed_HasAnotherOrderAndOtherChoices()
    {
        var (one, other) = (Engine(Train(5, 4)), new RunEngine(Plan(Train(5, 4)) with { Seed = 2 }, World));
        Assert.NotEqual(TaskIds(one, 0, 20), TaskIds(other, 0, 20));
        Assert.NotEqual(one.Rollout(0, 0, 0).Seed, other.Rollout(0, 0, 0).Seed);
    }

    [Fact]
    public void Rollout_AskedInAnyOrder_IsTheSame()
    {
        var forward = TaskIds(Engine(Train(10, 4)), 0, 40);
        var engine = Engine(Train(10, 4));
        var backward = Enumerable.Range(0, 40).Reverse().Select(ordinal => engine.Rollout(ordinal, 0, 0).Task.Id).Reverse();
        Assert.Equal(forward, backward);
    }

    [Fact]
    public void Rollout_Training_EachPassHasEveryTaskOnceInANewOrder()
    {
        var tasks = TaskIds(Engine(Train(15, 2)), 0, 30);
        var expected = World.Tasks.Where(task => World.Labels(task).Split == Split.Train).Select(task => task.Id).Order(StringComparer.Ordinal).ToArray();
        Assert.All(tasks.Chunk(10), pass => Assert.Equal(expected, pass.Order(StringComparer.Ordinal)));
        Assert.NotEqual(tasks[..10], tasks[10..20]);
    }

    [Fact]
    public void Rollout_TrainingInTwoStages_PassesGoOnWhereTheyStopped()
    {
        var whole = TaskIds(Engine(Train(5, 4)), 0, 20);
        var parts = Engine(Train(2, 4), Test(), Train(3, 4));
        Assert.Equal(whole, TaskIds(parts, 0, 8).Concat(TaskIds(parts, 15, 12)));
    }

    [Fact]
    public void Rollout_TrainingOfAnotherPolicyBetween_DoesNotMoveThePasses()
    {
        var engine = Engine(Train(2, 4, "a"), Train(1, 3, "b"), Train(3, 4, "a"));
        Assert.Equal(TaskIds(Engine(Train(5, 4)), 0, 20), TaskIds(engine, 0, 8).Concat(TaskIds(engine, 11, 12)));
    }

    [Fact]
    public void Rollout_SeveralAttempts_BranchOffTheFirstAtTurnsOfTheTask()
    {
        var engine = Engine(Train(30, 4) with { Attempts = 3 });
        var groups = Enumerable.Range(0, 120).Select(ordinal => engine.Rollout(ordinal, 0, 0)).Chunk(3).ToArray();
        Assert.All(groups, group =>
        {
            Assert.Single(group.Select(rollout => (rollout.Task.Id, rollout.FinishesAtBudget)).Distinct());
            Assert.Null(group[0].Branch);
            Assert.All(group.Skip(1), rollout => Assert.Equal(group[0].Seed, rollout.Branch!.Seed));
        });
        Assert.Equal(Enumerable.Range(0, World.Tasks[0].MaxTurns), groups.SelectMany(group => group.Skip(1)).Select(rollout => rollout.Branch!.Turn).Distinct().Order());
    }

    [Fact]
    public void Rollout_Evaluation_PinsItsVersionAndIsNotLogged()
    {
        var rollout = Engine(Test()).Rollout(3, pinned: 5, trainingFirst: 9);
        Assert.Equal((new PolicyReference("policy", PolicyPin.Version, 5), DecisionMode.Greedy, -1L), (rollout.Policy, rollout.Mode, rollout.TrainingOrdinal));
    }

    [Fact]
    public void Rollout_Training_UsesTheLatestAndCountsItsOrdinals()
    {
        var rollout = Engine(Test(), Train(2, 4)).Rollout(10, pinned: 5, trainingFirst: 100);
        Assert.Equal((new PolicyReference("policy", PolicyPin.Latest), DecisionMode.Sampled, 103L), (rollout.Policy, rollout.Mode, rollout.TrainingOrdinal));
    }

    [Theory]
    [InlineData(0, 0, 4)]
    [InlineData(0, 2, 12)]
    [InlineData(1, 0, 8)]
    [InlineData(1, 1, 12)]
    [InlineData(2, 9, 20)] // never more than there are
    public void Admitted_Training_IsBoundedByStaleness(int staleness, int updates, long expected) =>
        Assert.Equal(expected, Engine(Train(5, 4) with { MaxStaleness = staleness }).Admitted(0, updates, Roomy));

    [Theory]
    [InlineData(10, 0, 10)]
    [InlineData(10, 2, 18)]
    [InlineData(3, 1, 8)] // a batch at least
    public void Admitted_Training_IsBoundedByTheLog(int maxLogged, int updates, long expected) =>
        Assert.Equal(expected, Engine(Train(5, 4) with { MaxStaleness = 100 }).Admitted(0, updates, maxLogged));

    [Fact]
    public void Admitted_Evaluation_IsAllOfIt() => Assert.Equal(7, Engine(Test()).Admitted(0, 0, Roomy));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 400, 600)]
    [InlineData(1, 1000, 1000)]
    public void Rollout_FinishShare_IsTheShareOfTrainingThatMayOnlyFinishLast(double share, int least, int most)
    {
        var engine = Engine(Test(), Train(100, 10) with { FinishShare = share });
        Assert.InRange(Enumerable.Range(7, 1000).Count(ordinal => engine.Rollout(ordinal, 0, 0).FinishesAtBudget), least, most);
        Assert.All(Enumerable.Range(0, 7), ordinal => Assert.False(engine.Rollout(ordinal, 0, 0).FinishesAtBudget));
    }

    [Fact]
    public void Rollout_Demonstrated_EachPassHasEveryDemonstrationOnceAndNoExploration()
    {
        var engine = new RunEngine(Plan(Train(6, 5) with { Demonstrated = true, MistakeShare = 0.4 }), new TinyWorld(train: 10) { Demonstrator = new Shown() });
        var rollouts = Enumerable.Range(0, 30).Select(ordinal => engine.Rollout(ordinal, 0, 0)).ToArray();
        string[] expected = ["train-1 0", "train-2 0", "train-2 1", "train-4 0", "train-5 0", "train-5 1", "train-7 0", "train-8 0", "train-8 1"];
        Assert.All(rollouts.Chunk(9).Take(3), pass => Assert.Equal(expected, pass.Select(rollout => $"{rollout.Task.Id} {rollout.Demonstration!.Number}").Order(StringComparer.Ordinal)));
        Assert.All(rollouts, rollout => Assert.Equal((0.4, false), (rollout.Demonstration!.MistakeShare, rollout.FinishesAtBudget)));
    }

    [Fact]
    public void Rollout_DemonstratedTasksAtMost_AreSpreadOverThoseThatAreShownWithAllTheirDemonstrations()
    {
        var engine = new RunEngine(Plan(Train(1, 5) with { Demonstrated = true, MaxTasks = 2 }), new TinyWorld(train: 10) { Demonstrator = new Shown() });
        var rollouts = Enumerable.Range(0, 5).Select(ordinal => engine.Rollout(ordinal, 0, 0)).Select(rollout => $"{rollout.Task.Id} {rollout.Demonstration!.Number}");
        Assert.Equal(["train-1 0", "train-5 0", "train-5 1"], rollouts.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Evaluation_AtMostSoManyTasks_SpreadsThemEvenly() =>
        Assert.Equal(["test-10", "test-12", "test-14"], TaskIds(Engine(Test() with { MaxTasks = 3 }), 0, 3));

    [Fact]
    public void Constructor_StageWithoutTasks_NamesItAndTheRemedy()
    {
        var message = Assert.Throws<ArgumentException>(() => Engine(Test() with { Split = Split.Dev })).Message;
        Assert.Contains("'test' of run 'run' has no tasks in world 'tiny'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NothingDemonstrated_SaysSo()
    {
        var message = Assert.Throws<ArgumentException>(() => Engine(Train(1, 1) with { Demonstrated = true })).Message;
        Assert.Contains("learns from demonstrations, and world 'tiny' has none for its tasks", message, StringComparison.Ordinal);
    }

    private static string[] TaskIds(RunEngine engine, int from, int count) => [.. Enumerable.Range(from, count).Select(ordinal => engine.Rollout(ordinal, 0, 0).Task.Id)];

    private static RunEngine Engine(params RunStage[] stages) => new(Plan(stages), World);

    private static RunPlan Plan(params RunStage[] stages) => new() { Run = "run", World = "tiny", Stages = [.. stages] };

    private static EvaluateStage Test() => new() { Name = "test", Policy = new PolicyReference("policy", PolicyPin.Latest), Split = Split.Test };

    private static TrainStage Train(int iterations, int batch, string policy = "policy") => new() { Name = "train", Policy = policy, Iterations = iterations, BatchSize = batch };

    /// <summary>Shows every task once, twice or not at all, by its number.</summary>
    private sealed class Shown : IDemonstrator
    {
        public int Count(AgentTask task) => task.Id.StartsWith("train", StringComparison.Ordinal) ? TinyWorld.ItemOf(task) % 3 : 0;

        public IPolicy Play(Demonstration demonstration) => throw new NotSupportedException();
    }
}
