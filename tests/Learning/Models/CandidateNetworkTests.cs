using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Models;

[Trait("Kind", "Unit")]
public sealed class CandidateNetworkTests
{
    private static readonly CandidateArchitecture Shape = new(20, 6, firstHidden: 33, secondHidden: 17, valueHidden: 5);
    private static readonly NetworkWeights Weights = NetworkWeights.Initialise(Shape, new SeededRandom(3));

    [Fact]
    public void Forward_FreshWeights_IsNearUniform()
    {
        var batch = RandomBatches.Create(1, 40, 20, 6, fewest: 5, most: 5);
        var activations = Forward(batch);

        Assert.All(activations.LogProbabilities.ToArray(), logProbability => Assert.InRange(MathF.Exp(logProbability), 0.15f, 0.25f));
        Assert.All(activations.Values.ToArray(), value => Assert.InRange(value, -0.1f, 0.1f));
    }

    [Fact]
    public void Forward_AnyBatch_ProbabilitiesSumToOneInEachDecision()
    {
        var batch = RandomBatches.Create(2, 30, 20, 6);
        var activations = Forward(batch);

        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            var sum = activations.LogProbabilities[batch.Offsets[decision]..batch.Offsets[decision + 1]].ToArray().Sum(MathF.Exp);
            Assert.Equal(1, sum, 5);
        }
    }

    [Fact]
    public void Forward_AloneOrInABatch_GivesTheSameBits()
    {
        var batch = RandomBatches.Create(4, 50, 20, 6, fewest: 1, most: 30);
        var together = Forward(batch);
        using var backend = new ManagedBackend(1);
        var scorer = new CandidateScorer(Weights, backend);

        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            var (from, to) = (batch.Offsets[decision], batch.Offsets[decision + 1]);
            var alone = new float[to - from];
            var value = scorer.Score(batch.SituationFeatures.Slice(decision * 6, 6), batch.CandidateFeatures[(from * 20)..(to * 20)], alone);
            Assert.Equal(together.LogProbabilities[from..to].ToArray(), alone);
            Assert.Equal(together.Values[decision], value);
        }
    }

    [Fact]
    public void Forward_CandidatesInAnotherOrder_PermutesProbabilities()
    {
        var batch = RandomBatches.Create(6, 1, 20, 6, fewest: 7, most: 7);
        var turned = new DecisionBatchBuilder(20, 6);
        var rows = batch.CandidateFeatures.ToArray().Chunk(20).Reverse().SelectMany(row => row).ToArray();
        turned.Add(batch.SituationFeatures, rows, 0);

        var straight = Forward(batch);
        var reversed = Forward(turned.Batch);

        Assert.All(
            straight.LogProbabilities.ToArray().Reverse().Zip(reversed.LogProbabilities.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Equal(straight.Values[0], reversed.Values[0], 5);
    }

    [Fact]
    public void Forward_OneCandidate_HasProbabilityOne()
    {
        var activations = Forward(RandomBatches.Create(7, 3, 20, 6, fewest: 1, most: 1));

        Assert.Equal([0f, 0f, 0f], activations.LogProbabilities.ToArray());
    }

    [Fact]
    public void Forward_FeaturesOfAnotherSchema_NamesBothWidths()
    {
        var batch = RandomBatches.Create(8, 1, 19, 6);

        var exception = Assert.Throws<ArgumentException>(() => Forward(batch));

        Assert.Contains("19 candidate and 6 situation features, the network has 20 and 6", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standardised_ShiftedAndScaledFeatures_AreSeenAsMeanZeroAndVarianceOne()
    {
        var random = new SeededRandom(9);
        var builder = new DecisionBatchBuilder(20, 6);
        for (var decision = 0; decision < 200; decision++)
        {
            builder.Add(RandomBatches.Row(random, 6), [.. RandomBatches.Row(random, 60).Select(value => 5 + (3 * value))], 0);
        }

        var weights = Weights.Standardised(builder.Batch);

        Assert.All(weights.Layout.CandidateMean.Of(weights.Values).ToArray(), mean => Assert.Equal(5, mean, 0.5));
        Assert.All(weights.Layout.CandidateScale.Of(weights.Values).ToArray(), scale => Assert.Equal(1 / 3.0, scale, 0.05));
        Assert.Equal(Weights.Values[..Weights.Layout.TrainedLength].ToArray(), weights.Values[..Weights.Layout.TrainedLength].ToArray());
    }

    [Fact]
    public void Score_ManyThreads_GiveTheSameBits()
    {
        using var backend = new ManagedBackend(2);
        var scorer = new CandidateScorer(Weights, backend);
        var batch = RandomBatches.Create(10, 1, 20, 6, fewest: 15, most: 15);
        var expected = new float[15];
        scorer.Score(batch.SituationFeatures, batch.CandidateFeatures, expected);

        var results = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(4).Select(_ =>
        {
            var own = new float[15];
            scorer.Score(batch.SituationFeatures, batch.CandidateFeatures, own);
            return own;
        }).ToArray();

        Assert.All(results, own => Assert.Equal(expected, own));
    }

    [Fact]
    public void Score_SteadyState_AllocatesNothing()
    {
        using var backend = new ManagedBackend(1);
        var scorer = new CandidateScorer(Weights, backend);
        var batch = RandomBatches.Create(12, 1, 20, 6, fewest: 15, most: 15);
        var result = new float[15];
        scorer.Score(batch.SituationFeatures, batch.CandidateFeatures, result);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            scorer.Score(batch.SituationFeatures, batch.CandidateFeatures, result);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Activations Forward(DecisionBatch batch)
    {
        using var backend = new ManagedBackend(1);
        var activations = new Activations(Shape);
        new CandidateNetwork(backend).Forward(Weights, batch, RandomBatches.All(batch), activations);
        return activations;
    }
}
