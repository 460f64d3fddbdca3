using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Learner;

[Trait("Kind", "Unit")]
public sealed class PolicyLearnerTests
{
    private static readonly CandidateArchitecture Shape = new(6, 4, 16, 16, 8);
    private static readonly PolicyLearnerOptions Options = new() { MiniBatchRows = 32, Epochs = 3 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Update_SameSeed_GivesTheSameBitsForAnyNumberOfThreads(int threads)
    {
        var one = Learn(threads: 1);
        var many = Learn(threads);

        Assert.Equal(one.Weights.Values.ToArray(), many.Weights.Values.ToArray());
        Assert.Equal(one.SecondMoment.ToArray(), many.SecondMoment.ToArray());
        Assert.Equal(one.Random.ToArray(), many.Random.ToArray());
    }

    [Fact]
    public void Update_OtherSeed_GivesOtherWeights() => Assert.NotEqual(Learn(1).Weights.Values.ToArray(), Learn(1, seed: 2).Weights.Values.ToArray());

    [Fact]
    public void Update_ManyShards_CountsRowsAndMiniBatches()
    {
        using var backend = new ManagedBackend(2);
        var learner = PolicyLearner.Create(Shape, Options with { KlLimit = null }, 1, backend);
        var (episodes, batch) = Episodes(1, 70);

        var metrics = learner.Update(episodes, batch);

        Assert.Equal((210, 9, 3, UpdateEnd.Completed), (metrics.Rows, metrics.MiniBatches, metrics.Epochs, metrics.End));
        Assert.Equal(9, learner.State.Step);
        Assert.True(metrics.Entropy > 0 && metrics.GradientNorm > 0 && metrics.KlToReference >= 0);
    }

    [Fact]
    public void Update_OnPolicyFirstMiniBatch_HasRatioOneSoNoClipAndNoKl()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options with { Epochs = 1, MiniBatchRows = 1000 }, 1, backend);
        var (episodes, batch) = Episodes(1, 40, new CandidateScorer(learner.Weights, backend));

        var metrics = learner.Update(episodes, batch);

        Assert.Equal(0, metrics.ClipFraction);
        Assert.Equal(0, metrics.KlToBehaviour);
        Assert.Equal(0, metrics.KlToReference);
    }

    [Fact]
    public void Update_KlBeyondTheLimit_StopsBeforeTheNextEpoch()
    {
        using var backend = new ManagedBackend(1);
        var options = Options with { KlLimit = 1e-6, Optimiser = new AdamWOptions { LearningRate = 0.05 } };
        var learner = PolicyLearner.Create(Shape, options, 1, backend);
        var (episodes, batch) = Episodes(1, 70);

        var metrics = learner.Update(episodes, batch);

        Assert.Equal((UpdateEnd.KlLimit, 1), (metrics.End, metrics.Epochs));
    }

    [Fact]
    public void Update_StrongKlTerm_KeepsThePolicyNearItsStart()
    {
        double Kl(double coefficient)
        {
            using var backend = new ManagedBackend(1);
            var options = Options with { Epochs = 20, KlLimit = null, Kl = new KlOptions { Coefficient = coefficient }, Optimiser = new AdamWOptions { LearningRate = 0.01 } };
            var (episodes, batch) = Episodes(1, 70);
            return PolicyLearner.Create(Shape, options, 1, backend).Update(episodes, batch).KlToReference;
        }

        Assert.True(Kl(50) < 0.1 * Kl(0));
    }

    [Fact]
    public void Update_CancelledBetweenMiniBatches_LeavesTheStateUntouched()
    {
        using var backend = new ManagedBackend(1);
        using var source = new CancellationTokenSource();
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        var (episodes, batch) = Episodes(1, 70);
        learner.Update(episodes, batch);
        var before = learner.State;
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => learner.Update(episodes, batch, source.Token));

        Assert.Same(before, learner.State);
    }

    [Fact]
    public void Update_AfterACancelledOne_IsAsIfThatHadNotBeen()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        var (episodes, batch) = Episodes(1, 70);
        Assert.ThrowsAny<OperationCanceledException>(() => learner.Update(episodes, batch, new CancellationToken(canceled: true)));

        learner.Update(episodes, batch);

        Assert.Equal(Learn(1).Weights.Values.ToArray(), learner.Weights.Values.ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Update_FeatureNotFinite_NamesItAndLeavesTheState(float bad)
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        var before = learner.State;
        var builder = new DecisionBatchBuilder(6, 4);
        builder.Add(new float[4], [0, 0, 0, bad, 0, 0], 0);

        var exception = Assert.Throws<NonFiniteTensorException>(
            () => learner.Update([new TrainingEpisode(0, [1], [0])], builder.Batch));

        Assert.Equal(("feature", "candidates", 3), (exception.Role, exception.Tensor, exception.Index));
        Assert.Same(before, learner.State);
    }

    [Fact]
    public void Update_LossOverflows_NamesTheLossAndLeavesTheState()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options with { Credit = new CreditOptions { Whiten = false } }, 1, backend);
        var before = learner.State;
        var (_, batch) = Episodes(1, 2);

        var exception = Assert.Throws<NonFiniteTensorException>(
            () => learner.Update([new TrainingEpisode(0, [float.MaxValue, float.MaxValue], [-1, -1])], batch));

        Assert.Equal("loss", exception.Role);
        Assert.Same(before, learner.State);
    }

    [Fact]
    public void Update_FromItsCheckpoint_GoesOnAsIfItHadNeverStopped()
    {
        using var backend = new ManagedBackend(1);
        var (episodes, batch) = Episodes(1, 70);
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        learner.Update(episodes, batch);
        var blobs = PolicyCheckpoint.Of(learner.State, "test/1").ToBlobs();
        var resumed = new PolicyLearner(PolicyCheckpoint.FromBlobs("memory", blobs).State!, Options, backend);

        learner.Update(episodes, batch);
        resumed.Update(episodes, batch);

        Assert.Equal(learner.Weights.Values.ToArray(), resumed.Weights.Values.ToArray());
        Assert.Equal(learner.State.Random.ToArray(), resumed.State.Random.ToArray());
    }

    [Fact]
    public void Minimise_CrossEntropyRepeated_LowersTheLossAndLeavesTheCritic()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options with { Epochs = 1, Optimiser = new AdamWOptions { LearningRate = 0.01 } }, 1, backend);
        var batch = RandomBatches.Create(3, 64, 6, 4, fewest: 3);
        var layout = learner.Weights.Layout;
        var before = layout.ValueBias.Of(learner.Weights.Values)[0];

        var losses = Enumerable.Range(0, 62).Select(_ => learner.Minimise(batch, RandomBatches.All(batch), new CrossEntropyLoss(batch)).PolicyLoss).ToArray();

        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[^1]} after {losses[0]}");
        Assert.Equal(before, layout.ValueBias.Of(learner.Weights.Values)[0]);
    }

    [Fact]
    public void Standardise_BeforeTheFirstUpdate_MovesWeightsAndReferenceAlike()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        var (_, batch) = Episodes(1, 70);

        learner.Standardise(batch);

        Assert.True(learner.Weights.IsStandardised);
        Assert.Same(learner.State.Weights, learner.State.Reference);
        Assert.Throws<InvalidOperationException>(() => learner.Standardise(batch));
    }

    [Fact]
    public void Standardise_AfterAnUpdate_IsRefusedWithTheRemedy()
    {
        using var backend = new ManagedBackend(1);
        var learner = PolicyLearner.Create(Shape, Options, 1, backend);
        var (episodes, batch) = Episodes(1, 70);
        learner.Update(episodes, batch);

        var exception = Assert.Throws<InvalidOperationException>(() => learner.Standardise(batch));

        Assert.Contains("before the first update", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OptionOutOfRange_NamesKeyValueRuleAndRemedy()
    {
        using var backend = new ManagedBackend(1);

        var exception = Assert.Throws<ArgumentException>(
            () => PolicyLearner.Create(Shape, Options with { Credit = new CreditOptions { Gamma = 1.5 } }, 1, backend));

        Assert.StartsWith("Option 'Credit.Gamma' is 1.5; it must be from 0 to 1. Use 1 for no discount.", exception.Message, StringComparison.Ordinal);
    }

    private static LearnerState Learn(int threads, ulong seed = 1)
    {
        using var backend = new ManagedBackend(threads);
        var learner = PolicyLearner.Create(Shape, Options, seed, backend);
        var (episodes, batch) = Episodes(1, 70);
        learner.Update(episodes, batch);
        return learner.State;
    }

    private static (List<TrainingEpisode> Episodes, DecisionBatch Batch) Episodes(ulong seed, int decisions, CandidateScorer? behaviour = null)
    {
        var batch = RandomBatches.Create(seed, decisions, 6, 4, fewest: 2, most: 40);
        List<TrainingEpisode> episodes = [];
        for (var from = 0; from < decisions; from += 2)
        {
            episodes.Add(new TrainingEpisode(from, [0.1f * (from % 5), from % 3], [Log(from), Log(from + 1)]));
        }

        return (episodes, batch);

        float Log(int decision)
        {
            var rows = batch.Offsets[decision]..batch.Offsets[decision + 1];
            var logs = new float[rows.End.Value - rows.Start.Value];
            if (behaviour is null)
            {
                return -MathF.Log(logs.Length);
            }

            behaviour.Score(batch.SituationFeatures.Slice(decision * 4, 4), batch.CandidateFeatures[(rows.Start.Value * 6)..(rows.End.Value * 6)], logs);
            return logs[batch.Chosen[decision]];
        }
    }
}
