using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using StepTool.Tests.Learning.Methods;
using Xunit;

namespace StepTool.Tests.Learning.Learner;

[Trait("Kind", "Learning")]
public sealed class PolicyLearnerLearningTests
{
    private const double Bar = 0.9;
    private const double Untrained = 0.2;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_TwoStepTask_ReachesTheBar(ulong seed) => Assert.InRange(Train(new StepToolMethod(), seed), Bar, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_NegatedAdvantages_StaysBelowTheUntrained(ulong seed) => Assert.InRange(Train(new NegatedMethod(), seed), 0, Untrained);

    [Theory]
    [InlineData("ppo")]
    [InlineData("rft")]
    public void Update_OtherMethods_ReachTheBar(string method) => Assert.InRange(Train(TrainingMethods.Create(method)), Bar, 1);

    // Its critics use most of the rows: 0.41, 0.75 and 0.57.
    [Fact]
    public void Update_Archer_ReachesItsBarOverThreeSeeds() => Assert.InRange(new ulong[] { 1, 2, 3 }.Average(seed => Train(new ArcherMethod(), seed, updates: 160)), 0.5, 1);

    [Fact]
    public void Update_EightSteps_IsLearntFromStepRewardsAndNotFromTheFinalOneAlone()
    {
        Assert.InRange(Train(new StepToolMethod(), stages: 8), Bar, 1);
        Assert.InRange(Train(new PpoMethod(), stages: 8), 0, Untrained);
    }

    [Fact]
    public void Minimise_RightChoices_ReachesTheBar()
    {
        using var backend = new ManagedBackend(1);
        var learner = Create(3, backend);
        var teacher = new ChainTask(4);
        for (var round = 0; round < 20; round++)
        {
            var builder = new DecisionBatchBuilder(ChainTask.CandidateFeatures, ChainTask.SituationFeatures);
            teacher.Demonstrate(256, builder);
            learner.Minimise(builder.Batch, RandomBatches.All(builder.Batch), new CrossEntropyLoss(builder.Batch));
        }

        Assert.InRange(Evaluate(learner, backend), Bar, 1);
    }

    private static double Train(IMethod method, ulong seed = 1, int updates = 60, int stages = 2)
    {
        using var backend = new ManagedBackend(1);
        var learner = Create(seed, backend);
        var task = new ChainTask(seed + 100, stages);
        var builder = new DecisionBatchBuilder(ChainTask.CandidateFeatures, ChainTask.SituationFeatures);
        List<TrainingEpisode> episodes = [];
        for (var update = 0; update < updates; update++)
        {
            builder.Clear();
            episodes.Clear();
            task.Play(learner.Weights, backend, 256, greedy: false, builder, episodes);
            method.Update(learner, episodes, builder.Batch);
        }

        return Evaluate(learner, backend, stages);
    }

    private static double Evaluate(PolicyLearner learner, ManagedBackend backend, int stages = 2)
    {
        var builder = new DecisionBatchBuilder(ChainTask.CandidateFeatures, ChainTask.SituationFeatures);
        return new ChainTask(999, stages).Play(learner.Weights, backend, 1000, greedy: true, builder, []);
    }

    private static PolicyLearner Create(ulong seed, ManagedBackend backend) => PolicyLearner.Create(
        new CandidateArchitecture(ChainTask.CandidateFeatures, ChainTask.SituationFeatures, 32, 32, 16),
        new PolicyLearnerOptions
        {
            MiniBatchRows = 128,
            Optimiser = new AdamWOptions { LearningRate = 3e-3 },
            Kl = new KlOptions { Coefficient = 0 },
        },
        seed,
        backend);
}
