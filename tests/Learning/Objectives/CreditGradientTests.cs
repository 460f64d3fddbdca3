using StepTool.Core.Chance;
using StepTool.Core.Rewards;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

/// <summary>Each rule of credit, from rewards to the gradient of all weights, against finite differences of its loss.</summary>
[Trait("Kind", "Property")]
public sealed class CreditGradientTests
{
    [Theory]
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Turn, TerminalScore.Kept)]
    [InlineData(CreditWeighting.Released, CreditClock.Turn, TerminalScore.Kept)]
    [InlineData(CreditWeighting.Immediate, CreditClock.Turn, TerminalScore.Kept)]
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Token, TerminalScore.Kept)]
    [InlineData(CreditWeighting.ReturnToGo, CreditClock.Turn, TerminalScore.Dropped)]
    [InlineData(CreditWeighting.Released, CreditClock.Token, TerminalScore.Dropped)]
    public void SurrogateLoss_UnderEachRule_AgreesWithFiniteDifferences(CreditWeighting weighting, CreditClock clock, TerminalScore terminal)
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(31, 12, 4, 3, fewest: 2, most: 5);
        var weights = LossGradientTests.Weights(1);
        var now = LossGradientTests.Score(backend, weights, batch);
        var objective = new StepToolObjective(new CreditOptions { Rule = new CreditRule { Weighting = weighting, Clock = clock, Terminal = terminal } });
        var stepWeights = new StepWeights();
        objective.Weigh(Episodes(batch), now.Values, stepWeights);
        var loss = new SurrogateLoss(new SurrogateOptions(), 0.3, batch, new SurrogateTerms
        {
            Advantages = stepWeights.Advantages,
            Returns = stepWeights.Returns,
            EarlierValues = now.Values.ToArray(),
            BehaviourLogProbabilities = LossGradientTests.Chosen(batch, now),
            ReferenceLogProbabilities = LossGradientTests.Score(backend, LossGradientTests.Weights(2), batch).LogProbabilities.ToArray(),
        });

        Assert.Contains(stepWeights.Advantages.ToArray(), advantage => Math.Abs(advantage) > 0.5);
        LossGradientTests.Check(backend, weights, batch, loss, sums => loss.Total(sums));
    }

    private static TrainingEpisode[] Episodes(DecisionBatch batch)
    {
        var random = new SeededRandom(9);
        return [.. Enumerable.Range(0, batch.Decisions / 3).Select(episode =>
            new TrainingEpisode(3 * episode, RandomBatches.Row(random, 3), [-1, -1, -1]) { Tokens = [1 + episode, 20, 3] })];
    }
}
