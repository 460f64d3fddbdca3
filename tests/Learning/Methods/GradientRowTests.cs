using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Methods;

/// <summary>Methods are compared at equal gradient rows: each makes exactly the epochs times the batch's turns of them, or none at all.</summary>
[Trait("Kind", "Unit")]
public sealed class GradientRowTests
{
    private const int Epochs = 3;
    private const int Decisions = 70;
    private static readonly PolicyLearnerOptions Options = new() { MiniBatchRows = 32, Epochs = Epochs, KlLimit = null };

    public static TheoryData<string> Methods => [.. TrainingMethods.All];

    public static TheoryData<string, string> Selective => new() { { "sft", SftMethod.Accepted }, { "rft", SftMethod.Accepted }, { "eto", EtoMethod.Pairs } };

    [Theory]
    [MemberData(nameof(Methods))]
    public void Update_WhateverAMethodCanUse_MakesExactlyTheRowsOfTheBatch(string method)
    {
        var (metrics, changed) = Update(method, Options, solvedEvery: 7);

        Assert.Equal((Epochs * Decisions, true), (metrics.Rows, changed));
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("rft")]
    [InlineData("ppo")]
    [InlineData("eto")]
    [InlineData("steptool")]
    public void Update_WhateverAMethodCanUse_MakesTheSameOptimiserSteps(string method) => Assert.Equal(9, Update(method, Options, solvedEvery: 7).Metrics.MiniBatches);

    [Fact]
    public void Archer_Rows_AreSharedByCriticsAndPolicy()
    {
        var (metrics, _) = Update("archer", Options, solvedEvery: 7);

        var policy = (Epochs * Decisions) - (2 * (int)(Epochs * Decisions * ArcherMethod.CriticShare / 2));
        Assert.Equal((policy + Decisions - 1) / Decisions, metrics.Epochs);
    }

    [Theory]
    [InlineData("ppo")]
    [InlineData("archer")]
    [InlineData("steptool")]
    public void Update_StoppedByTheKlLimit_CountsTheRowsItMade(string method)
    {
        var limited = Update(method, Options with { Epochs = 12, KlLimit = 1e-6 }, solvedEvery: 7).Metrics;

        Assert.Equal((1, UpdateEnd.KlLimit), (limited.Epochs, limited.End));
        Assert.Equal(method == "archer" ? (int)(12 * Decisions * ArcherMethod.CriticShare) + Decisions : Decisions, limited.Rows);
    }

    [Theory]
    [MemberData(nameof(Selective))]
    public void Update_NothingToLearnFrom_MakesNoRowAndChangesNoWeight(string method, string extra)
    {
        var (metrics, changed) = Update(method, Options, solvedEvery: 1000);

        Assert.Equal((0, 0, false), (metrics.Rows, metrics.Epochs, changed));
        Assert.Equal(0, metrics.Extras[extra]);
    }

    [Theory]
    [InlineData("sft", SftMethod.Accepted, 5)]
    [InlineData("rft", SftMethod.Accepted, 5)]
    [InlineData("eto", EtoMethod.Pairs, 15)]
    public void Update_SelectiveMethod_SaysHowMuchItFound(string method, string extra, int expected) =>
        Assert.Equal(expected, Update(method, Options, solvedEvery: 7).Metrics.Extras[extra]);

    [Fact]
    public void Cycle_EachTimeThrough_HasEveryDecisionOnceInAnotherOrder()
    {
        var cycle = new DecisionCycle([.. Enumerable.Range(10, 8)], new SeededRandom(3));

        int[] taken = [.. cycle.Take(5).ToArray(), .. cycle.Take(19).ToArray()];

        Assert.All(taken.Chunk(8), time => Assert.Equal(Enumerable.Range(10, 8), time.Order()));
        Assert.NotEqual(taken[..8], taken[8..16]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Update_TurnsThatAreNoDecision_AreMadeUpForInRows(string method) =>
        Assert.Equal(Epochs * (Decisions + 12), Update(method, Options, solvedEvery: 7, leftOut: 12).Metrics.Rows);

    // Episodes of two steps, four candidates each. Every group of seven shares its first situation, in which the solved one chose 0 and the others 1, 2 and 3.
    private static (UpdateMetrics Metrics, bool Changed) Update(string method, PolicyLearnerOptions options, int solvedEvery, int leftOut = 0)
    {
        using var backend = new ManagedBackend(1);
        var random = new SeededRandom(7);
        var builder = new DecisionBatchBuilder(6, 4);
        List<TrainingEpisode> episodes = [];
        for (var episode = 0; episode < Decisions / 2; episode++)
        {
            var solved = (episode + 1) % solvedEvery == 0;
            var from = builder.Add(RandomBatches.Row(random, 4), RandomBatches.Row(random, 24), solved ? 0 : 1 + (episode % 3));
            builder.Add(RandomBatches.Row(random, 4), RandomBatches.Row(random, 24), random.NextInt(4));
            var log = -MathF.Log(4);
            episodes.Add(new TrainingEpisode(from, [0.1f, solved ? 1 : 0], [log, log])
            {
                FinalReward = solved ? 1 : 0,
                Signature = (ulong)episode,
                Histories = [(ulong)episode / 7, 1000 + (ulong)episode],
            });
        }

        builder.LeaveOut(leftOut);
        var learner = PolicyLearner.Create(new CandidateArchitecture(6, 4, 16, 16, 8), options, 1, backend);
        var before = learner.Weights.Values.ToArray();
        var metrics = TrainingMethods.Create(method).Update(learner, episodes, builder.Batch);
        return (metrics, !learner.Weights.Values.SequenceEqual(before));
    }
}
