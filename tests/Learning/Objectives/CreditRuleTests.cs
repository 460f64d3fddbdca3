using StepTool.Core.Rewards;
using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

/// <summary>One episode of three steps, rewards 0.5, 0.6 and 1 with a critic that says 0, by every rule.</summary>
[Trait("Kind", "Unit")]
public sealed class CreditRuleTests
{
    private static readonly float[] Rewards = [0.5f, 0.6f, 1];

    [Theory]
    [InlineData(CreditWeighting.Released, TerminalScore.Dropped, 1.0f, 0.6f, 0.0f)] // 0.5 * 2, 0.6 * 1, 1 * 0
    [InlineData(CreditWeighting.Released, TerminalScore.Kept, 1.0f, 0.6f, 1.0f)]
    [InlineData(CreditWeighting.ReturnToGo, TerminalScore.Dropped, 0.5f, 0.6f, 0.0f)]
    [InlineData(CreditWeighting.ReturnToGo, TerminalScore.Kept, 0.5f, 0.6f, 1.0f)]
    [InlineData(CreditWeighting.Immediate, TerminalScore.Dropped, 0.5f, 0.6f, 0.0f)]
    [InlineData(CreditWeighting.Immediate, TerminalScore.Kept, 0.5f, 0.6f, 1.0f)]
    public void Scores_ThreeSteps_AreTheHandComputedOnes(CreditWeighting weighting, TerminalScore terminal, float first, float second, float last)
    {
        var scores = new float[3];
        StepScores.Weigh(Rewards, new CreditRule { Weighting = weighting, Terminal = terminal }, scores);

        Assert.Equal([first, second, last], scores);
    }

    // Turns: gamma 0.5. Tokens: the same a token, with steps of 3, 2 and 1 tokens, so 0.125 and 0.25 between them.
    [Theory]
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Turn, TerminalScore.Kept, 1.05f, 1.1f, 1.0f)] // 0.5 + 0.5 * 1.1, 0.6 + 0.5 * 1
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Turn, TerminalScore.Dropped, 0.8f, 0.6f, 0.0f)]
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Token, TerminalScore.Kept, 0.60625f, 0.85f, 1.0f)] // 0.5 + 0.125 * 0.85, 0.6 + 0.25 * 1
    [InlineData(CreditWeighting.Released, CreditClock.Turn, TerminalScore.Kept, 1.55f, 1.1f, 1.0f)] // 1 + 0.5 * 1.1
    [InlineData(CreditWeighting.Released, CreditClock.Turn, TerminalScore.Dropped, 1.3f, 0.6f, 0.0f)]
    [InlineData(CreditWeighting.Released, CreditClock.Token, TerminalScore.Dropped, 1.075f, 0.6f, 0.0f)] // 1 + 0.125 * 0.6
    [InlineData(CreditWeighting.Immediate, CreditClock.Turn, TerminalScore.Kept, 0.5f, 0.6f, 1.0f)]
    [InlineData(CreditWeighting.Immediate, CreditClock.Token, TerminalScore.Dropped, 0.5f, 0.6f, 0.0f)]
    public void Weigh_ThreeSteps_GivesTheHandComputedCredit(
        CreditWeighting weighting, CreditClock clock, TerminalScore terminal, float first, float second, float last)
    {
        var rule = new CreditRule { Weighting = weighting, Clock = clock, Terminal = terminal };
        var weights = Weigh(new CreditOptions { Rule = rule, Gamma = 0.5, Lambda = 1, Whiten = false }, [3, 2, 1]);

        Assert.All(weights.Advantages.ToArray().Zip([first, second, last]), pair => Assert.Equal(pair.Second, pair.First, 5));
    }

    [Fact]
    public void Weigh_WhatIsReleased_CreditsEachStepWithLittleMoreThanItsOwnScoreAcrossLongObservations()
    {
        // 0.99 * 0.95 a token: across 100 tokens 0.0022 of a later score arrive.
        var rule = new CreditRule { Weighting = CreditWeighting.Released, Clock = CreditClock.Token, Terminal = TerminalScore.Dropped };
        var advantages = Weigh(new CreditOptions { Rule = rule, Whiten = false }, [100, 100, 1]).Advantages.ToArray();

        Assert.Equal(1 + (0.6 * Math.Pow(0.99 * 0.95, 100)), advantages[0], 5);
        Assert.Equal([0.6f, 0f], advantages[1..]);
    }

    [Fact]
    public void Weigh_TokenClockWithoutTokens_NamesTheOptionAndTheRemedy()
    {
        var exception = Assert.Throws<ArgumentException>(() => Weigh(new CreditOptions { Rule = new CreditRule { Clock = CreditClock.Token } }, null));

        Assert.Contains("'Credit.Rule.Clock' is Token", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weigh_NormalisedPerTurnIndex_WouldBeBiasedWhereThePolicyDecidesWhenToStop()
    {
        // Stopping at once earns 1; going on earns 0 in the end. Two episodes stop and two go on, so that every first turn is (1, 1, 0, 0) and every
        // second turn (0, 0). The advantage of the second turn is below the mean of the batch, and whitening over the batch says so.
        TrainingEpisode[] episodes = [Episode(0, 1), Episode(1, 1), Episode(2, 0, 0), Episode(4, 0, 0)];
        var weights = new StepWeights();
        new StepToolObjective(new CreditOptions { Gamma = 1, Lambda = 1 }).Weigh(episodes, new float[6], weights);
        var overBatch = weights.Advantages.ToArray();
        float[] firstTurns = [1, 1, 0, 0];
        float[] secondTurns = [0, 0];
        Whitening.Apply(firstTurns);
        Whitening.Apply(secondTurns);

        // Over the batch, mean 1/3 and deviation 0.4714: stopping +1.4142, both turns of going on -0.7071, in all 0.
        Assert.All(overBatch.Zip([1.41421f, 1.41421f, -0.70711f, -0.70711f, -0.70711f, -0.70711f]), pair => Assert.Equal(pair.Second, pair.First, 4));
        // Per turn index the second turn's failure vanishes: it is compared with those alone that went on too, so going on costs half as much.
        Assert.Equal([1f, 1f, -1f, -1f], firstTurns);
        Assert.Equal([0f, 0f], secondTurns);
        Assert.Equal(-2, overBatch[2..].Sum() / overBatch[0], 4);
        Assert.Equal(-1, (firstTurns[2..].Sum() + secondTurns.Sum()) / (2 * firstTurns[0]), 4);
    }

    private static TrainingEpisode Episode(int from, params float[] rewards) => new(from, rewards, [.. rewards.Select(_ => -1f)]);

    private static StepWeights Weigh(CreditOptions options, int[]? tokens)
    {
        var episode = Episode(0, Rewards);
        var weights = new StepWeights();
        new StepToolObjective(options).Weigh(
            [tokens is null ? episode : new TrainingEpisode(0, episode.Rewards, episode.BehaviourLogProbabilities) { Tokens = tokens }], new float[3], weights);
        return weights;
    }
}
