using System.Globalization;
using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Learner;

/// <summary>What goes wrong in an update stops it with a name, whatever the method, and leaves the state as it was.</summary>
[Trait("Kind", "Unit")]
public sealed class SafeTrainingTests
{
    private static readonly CandidateArchitecture Shape = new(6, 4, 16, 16, 8);
    private static readonly PolicyLearnerOptions Options = new() { MiniBatchRows = 32, Epochs = 3 };

    public static TheoryData<string> Methods => [.. TrainingMethods.All];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Update_FeatureNotANumber_IsNamedAndTheStateStays(string method) => Stops(method, State(), ("feature", "candidates"), spoilt: true);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Update_NetworkOverflows_NamesTheLossAndTheStateStays(string method)
    {
        var state = State();
        var values = state.Weights.Values.ToArray();
        state.Weights.Layout.LogitWeight.Of(values.AsSpan()).Fill(float.MaxValue);

        Stops(method, State(NetworkWeights.Create(state.Weights.Layout, values)), ("loss", method == "archer" ? "value" : "policy"));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Update_WeightOverflows_NamesItsTensorAndTheStateStays(string method)
    {
        var start = State();
        var moment = new float[start.Weights.Layout.TrainedLength];
        start.Weights.Layout.SecondWeight.Of(moment.AsSpan()).Fill(float.MaxValue);
        var spoilt = new LearnerState(start.Weights, start.Reference, moment, start.SecondMoment, 0, start.KlCoefficient, start.Random);

        Stops(method, spoilt.WithCritics(method == "archer" ? [spoilt, spoilt] : []), ("weight", start.Weights.Layout.SecondWeight.Name));
    }

    [Fact]
    public void Archer_PolicyOverflowsAfterItsCriticsLearnt_KeepsTheOldCritics()
    {
        var start = State();
        var moment = new float[start.Weights.Layout.TrainedLength];
        moment.AsSpan().Fill(float.MaxValue);
        var spoilt = new LearnerState(start.Weights, start.Reference, moment, start.SecondMoment, 0, start.KlCoefficient, start.Random);

        Stops("archer", spoilt.WithCritics([State(seed: 2), State(seed: 3)]), ("weight", start.Weights.Layout.Trained[0].Name));
    }

    [Fact]
    public void Update_AfterAFailedOne_IsAsIfThatHadNotBeen()
    {
        using var backend = new ManagedBackend(1);
        var (disturbed, undisturbed) = (new PolicyLearner(State(), Options, backend), new PolicyLearner(State(), Options, backend));
        var (episodes, batch) = Batch(spoilt: false);
        var (badEpisodes, badBatch) = Batch(spoilt: true);
        Assert.Throws<NonFiniteTensorException>(() => disturbed.Update(badEpisodes, badBatch));

        disturbed.Update(episodes, batch);
        undisturbed.Update(episodes, batch);

        Assert.Equal(undisturbed.Weights.Values.ToArray(), disturbed.Weights.Values.ToArray());
    }

    [Fact]
    public void Update_LargestGradientNorm_BoundsTheStepWhateverTheRewards()
    {
        double Moved(double norm)
        {
            // An epsilon far above the clipped gradient makes the step proportional to it.
            using var backend = new ManagedBackend(1);
            var options = Options with { Optimiser = new AdamWOptions { MaxGradientNorm = norm, Epsilon = 1, WeightDecay = 0, LearningRate = 0.1 } };
            var learner = new PolicyLearner(State(), options, backend);
            var (episodes, batch) = Batch(spoilt: false);
            var metrics = learner.Update(episodes, batch);
            Assert.True(metrics.GradientNorm > norm);
            return Math.Sqrt(learner.Weights.Values.ToArray().Zip(State().Weights.Values.ToArray(), (one, other) => Math.Pow(one - other, 2)).Sum());
        }

        Assert.InRange(Moved(1e-4), 1e-7, 9 * 0.1 * 1e-4);
    }

    [Fact]
    public void Update_RunawayKl_StopsAfterTheEpochThatPassedTheLimit()
    {
        using var backend = new ManagedBackend(1);
        var learner = new PolicyLearner(State(), Options with { Epochs = 50, Optimiser = new AdamWOptions { LearningRate = 0.1 } }, backend);
        var (episodes, batch) = Batch(spoilt: false);

        var metrics = learner.Update(episodes, batch);

        Assert.Equal(UpdateEnd.KlLimit, metrics.End);
        Assert.InRange(metrics.Epochs, 1, 10);
        Assert.True(metrics.KlToBehaviour > Options.KlLimit);
    }

    [Theory]
    [InlineData("ppo", 1)]
    [InlineData("archer", 4)] // its policy has a quarter of the rows
    [InlineData("steptool", 1)]
    public void Update_RunsAwayInTheOnlyEpochsSecondMiniBatch_IsDroppedWithTheReason(string method, int epochs)
    {
        using var backend = new ManagedBackend(1);
        var state = State();
        var learner = new PolicyLearner(state, Options with { Epochs = epochs, RunawayKl = 0.1, Optimiser = new AdamWOptions { LearningRate = 1 } }, backend);
        var (episodes, batch) = Batch(spoilt: false);

        var exception = Assert.Throws<RunawayKlException>(() => TrainingMethods.Create(method).Update(learner, episodes, batch));

        Assert.True(exception.Value > 0.1);
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"The KL of a mini-batch is {exception.Value:g4} nats a decision; it may be at most 0.1. The update was dropped and the weights are unchanged. Lower the learning rate"),
            exception.Message,
            StringComparison.Ordinal);
        Assert.Same(state, learner.State);
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("rft")]
    [InlineData("eto")]
    public void Update_ImitationOrPreferenceGoesAsFar_IsDone(string method)
    {
        using var backend = new ManagedBackend(1);
        var learner = new PolicyLearner(State(), Options with { Epochs = 1, RunawayKl = 0.1, Optimiser = new AdamWOptions { LearningRate = 1 } }, backend);
        var (episodes, batch) = Batch(spoilt: false);

        Assert.Equal(64, TrainingMethods.Create(method).Update(learner, episodes, batch).Rows);
    }

    [Fact]
    public void Update_FarFromTheStart_IsPulledBackAndNeverStopped()
    {
        using var backend = new ManagedBackend(1);
        var start = State();
        var far = new LearnerState(State(seed: 2, spread: 3).Weights, start.Weights, start.FirstMoment, start.SecondMoment, 0, 50, start.Random);
        var learner = new PolicyLearner(far, Options with { KlLimit = null, Optimiser = new AdamWOptions { LearningRate = 0.01 } }, backend);
        var (episodes, batch) = Batch(spoilt: false);

        var first = learner.Update(episodes, batch);
        for (var update = 0; update < 10; update++)
        {
            learner.Update(episodes, batch);
        }

        var last = learner.Update(episodes, batch);
        Assert.Equal((UpdateEnd.Completed, UpdateEnd.Completed), (first.End, last.End));
        Assert.True(last.KlToReference < 0.5 * first.KlToReference, $"{last.KlToReference} after {first.KlToReference}");
    }

    private static void Stops(string method, LearnerState state, (string Role, string Tensor) expected, bool spoilt = false)
    {
        using var backend = new ManagedBackend(1);
        var learner = new PolicyLearner(state, Options, backend);
        var (episodes, batch) = Batch(spoilt);

        var exception = Assert.Throws<NonFiniteTensorException>(() => TrainingMethods.Create(method).Update(learner, episodes, batch));

        Assert.Equal(expected, (exception.Role, exception.Tensor));
        Assert.Same(state, learner.State);
    }

    private static LearnerState State(NetworkWeights? weights = null, ulong seed = 1, float spread = 0)
    {
        var random = new SeededRandom(seed);
        var drawn = NetworkWeights.Initialise(Shape, random);
        var values = drawn.Values.ToArray();
        foreach (ref var value in drawn.Layout.LogitWeight.Of(values.AsSpan()))
        {
            value += spread * (float)random.NextGaussian();
        }

        return LearnerState.Start(weights ?? NetworkWeights.Create(drawn.Layout, values), 0.02, 1);
    }

    // Pairs of episodes that share a history, the first of each solved and the second not; one feature may be no number.
    private static (List<TrainingEpisode> Episodes, DecisionBatch Batch) Batch(bool spoilt)
    {
        var random = new SeededRandom(4);
        var builder = new DecisionBatchBuilder(6, 4);
        List<TrainingEpisode> episodes = [];
        for (var episode = 0; episode < 64; episode++)
        {
            var rows = RandomBatches.Row(random, 24);
            rows[7] = spoilt && episode == 9 ? float.NaN : rows[7];
            builder.Add(RandomBatches.Row(random, 4), rows, episode % 2);
            var solved = episode % 2 == 0;
            episodes.Add(new TrainingEpisode(episode, [solved ? 1 : 0], [-MathF.Log(4)])
            {
                FinalReward = solved ? 1 : 0,
                Signature = (ulong)episode,
                Histories = [(ulong)episode / 2],
            });
        }

        return (episodes, builder.Batch);
    }
}
