using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Rewards;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Rewards;

/// <summary>Hand-made episodes with a budget of 5 turns: each part of a step's reward is worth 0.5 / 2 / 4 = 0.0625.</summary>
[Trait("Kind", "Unit")]
public sealed class StepRewardsTests
{
    private const double Part = 0.0625;
    private static readonly TinyWorld World = new();

    [Fact]
    public void Score_SolvedInThreeSteps_PaysSuccessContributionAndVerdict() =>
        Assert.Equal([2 * Part, 2 * Part, 1], Rewards(1, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish()));

    [Fact]
    public void Score_UselessButSuccessfulCall_PaysSuccessAlone() =>
        Assert.Equal([Part, 2 * Part, 2 * Part, 1], Rewards(1, TinyWorld.NewsCall(), TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish()));

    [Fact]
    public void Score_WrongBranch_IsNotUnsolvedForItsSteps() =>
        Assert.Equal([2 * Part, 2 * Part, 0], Rewards(1, TinyWorld.FindCall(2), TinyWorld.PriceCall(2), new Finish()));

    [Fact]
    public void Score_RepeatedCall_PaysNothing() =>
        Assert.Equal([2 * Part, 0, 2 * Part, 0, 1], Rewards(1, TinyWorld.FindCall(1), TinyWorld.FindCall(1), TinyWorld.PriceCall(1), TinyWorld.PriceCall(1), new Finish()));

    [Fact]
    public void Score_RetryAfterARetriableFault_IsNoRepeat() =>
        Assert.Equal([2 * Part, 0, 2 * Part, 1], Rewards(5, TinyWorld.FindCall(5), TinyWorld.PriceCall(5), TinyWorld.PriceCall(5), new Finish()));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, Part)]
    public void Score_WithoutAnAnswer_PaysSuccessOnlyWhereAskedAndNoContribution(bool pays, double part)
    {
        var options = new RewardOptions { PaysUnanswered = pays };

        Assert.Equal([part, part, part, 0, 0], Rewards(1, options, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), TinyWorld.NewsCall(), TinyWorld.NewsCall(), TinyWorld.FindCall(1)));
        Assert.Equal([part, part, 0], Rewards(1, options, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish(GaveUp: true)));
        Assert.Equal([part, part, 0], Rewards(1, options, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish(Answer: "")));
    }

    [Fact]
    public void Score_ImmediateFinish_PaysNothing() => Assert.Equal([0], Rewards(1, new Finish()));

    [Theory]
    [InlineData(Verdict.Solved, 1)]
    [InlineData(Verdict.Unsure, 0.5)]
    [InlineData(Verdict.Unsolved, 0)]
    public void Score_Verdict_IsTheLastReward(Verdict verdict, double reward)
    {
        var episode = Player.Play(World, World.Tasks[1], TinyWorld.FindCall(1), new Finish());
        Assert.Equal(reward, StepRewards.Score(episode with { Verdict = verdict }, World, new RewardOptions()).Steps[^1].Reward);
    }

    [Theory]
    [InlineData(RewardParts.Final, 0, 0)]
    [InlineData(RewardParts.Success, Part, Part)]
    [InlineData(RewardParts.Contribution, 0, Part)]
    [InlineData(RewardParts.Both, Part, 2 * Part)]
    public void Score_Parts_PayWhatTheySay(RewardParts parts, double useless, double useful) =>
        Assert.Equal(
            [useless, useful, useful, 1],
            Rewards(1, new RewardOptions { Parts = parts }, TinyWorld.NewsCall(), TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish()));

    [Fact]
    public void Score_StepWeight_ScalesStepsAlone() =>
        Assert.Equal([0.25, 0.25, 1], Rewards(1, new RewardOptions { StepWeight = 1 }, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish()));

    [Fact]
    public void Score_BudgetOfOneTurn_StaysWithinTheWeight()
    {
        var world = new TinyWorld(maxTurns: 1);
        Assert.Equal(0.25, Player.Play(world, world.Tasks[1], TinyWorld.FindCall(1)).Return);
    }

    [Fact]
    public void Score_AnyEpisode_StepsTogetherNeverExceedTheWeight()
    {
        var random = new SeededRandom(20260101);
        var most = 0.0;
        for (var trial = 0; trial < 2000; trial++)
        {
            var world = new TinyWorld(maxTurns: 1 + random.NextInt(8));
            var episode = Player.Play(world, world.Tasks[random.NextInt(world.Tasks.Length)], situation =>
            {
                var candidates = CandidateGenerator.Enumerate(situation);
                return candidates[random.NextInt(candidates.Length)].Action;
            });
            most = Math.Max(most, episode.Steps.Where(step => step.Call is not null).Sum(step => step.Reward));
        }

        Assert.InRange(most, 0.2, 0.5 + 1e-12);
    }

    private static double[] Rewards(int item, params AgentAction[] actions) => Rewards(item, new RewardOptions(), actions);

    private static double[] Rewards(int item, RewardOptions options, params AgentAction[] actions)
    {
        var task = World.Tasks[item];
        var next = 0;
        return [.. Player.Play(World, task, _ => actions[next++], options).Steps.Select(step => step.Reward)];
    }
}
