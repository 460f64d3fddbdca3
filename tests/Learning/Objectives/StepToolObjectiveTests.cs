using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

[Trait("Kind", "Unit")]
public sealed class StepToolObjectiveTests
{
    private static readonly CreditOptions Plain = new() { Gamma = 1, Lambda = 1, Whiten = false };

    [Fact]
    public void Weigh_TerminalScore_ReachesTheFirstStepAcrossTurns()
    {
        var weights = Weigh(Plain, [Episode(0, 0.1f, 0.05f, 1)], 0, 0, 0);

        Assert.Equal([1.15f, 1.05f, 1f], weights.Advantages.ToArray().Select(advantage => MathF.Round(advantage, 5)));
    }

    [Fact]
    public void Weigh_EpisodesInAnotherOrder_GivesTheSameWeights()
    {
        TrainingEpisode[] episodes = [Episode(0, 1, 0), Episode(2, 0.5f), Episode(3, 0, 0, 2)];
        float[] values = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f];

        var straight = Weigh(new CreditOptions(), episodes, values);
        var reversed = Weigh(new CreditOptions(), [.. episodes.Reverse()], values);

        Assert.All(straight.Advantages.ToArray().Zip(reversed.Advantages.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void Weigh_Whitened_IsOverTheBatchAndNotOverTurnIndices()
    {
        // Over the batch the two first steps differ from the mean alike; over turn indices each pair would be -1 and 1.
        var weights = Weigh(Plain with { Whiten = true }, [Episode(0, 0, 1), Episode(2, 0, 3)], 0, 0, 0, 0);

        Assert.Equal([-1f, -1f, 1f, 1f], weights.Advantages.ToArray());
    }

    [Fact]
    public void Weigh_DecisionOfNoEpisode_HasNoWeightAndNoPartInWhitening()
    {
        var weights = Weigh(Plain with { Whiten = true }, [Episode(0, 1), Episode(2, 3)], 0, 100, 0);

        Assert.Equal([0, 2], weights.Rows.ToArray());
        Assert.Equal([-1f, 0f, 1f], weights.Advantages.ToArray());
        Assert.Equal([1f, 0f, 3f], weights.Returns.ToArray());
    }

    [Fact]
    public void Weigh_SharedDecision_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => Weigh(Plain, [Episode(0, 1, 1), Episode(1, 1)], 0, 0));

        Assert.Contains("Decision 1 belongs to two episodes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weigh_EpisodeBeyondTheBatch_NamesBothRanges()
    {
        var exception = Assert.Throws<ArgumentException>(() => Weigh(Plain, [Episode(1, 1, 1)], 0, 0));

        Assert.Contains("decisions 1 to 2, the batch has 0 to 1", exception.Message, StringComparison.Ordinal);
    }

    private static TrainingEpisode Episode(int from, params float[] rewards) =>
        new(from, rewards, [.. rewards.Select(_ => -1f)]);

    private static StepWeights Weigh(CreditOptions options, TrainingEpisode[] episodes, params float[] values)
    {
        var weights = new StepWeights();
        new StepToolObjective(options).Weigh(episodes, values, weights);
        return weights;
    }
}
