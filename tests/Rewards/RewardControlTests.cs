using StepTool.Core.Episodes;
using StepTool.Core.Rewards;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Rewards;

/// <summary>A hand-made episode with a budget of 5 turns: calls pay 0.0625 (news, useless), 0.125 and 0.125, the verdict 1.</summary>
[Trait("Kind", "Unit")]
public sealed class RewardControlTests
{
    private const double Part = 0.0625;
    private static readonly TinyWorld World = new();

    [Fact]
    public void Constant_PaysEachCallTheSameWithTheSameTotal() =>
        Assert.Equal([5 * Part / 3, 5 * Part / 3, 5 * Part / 3, 1], Rewards(new RewardOptions { Control = RewardControl.Constant }));

    [Fact]
    public void Oracle_PaysRelevantCallsAlone() =>
        Assert.Equal([0, 2 * Part, 2 * Part, 1], Rewards(new RewardOptions { Control = RewardControl.Oracle }));

    [Fact]
    public void Shuffled_PaysTheSameRewardsInEveryOrderAndTheSameOneForASeed()
    {
        var scored = Play(new RewardOptions());
        var places = Enumerable.Range(0, 60).Select(seed => Shuffled(scored with { Seed = (ulong)seed })).ToArray();

        Assert.All(places, rewards => Assert.Equal([Part, 2 * Part, 2 * Part, 1], rewards.Order()));
        Assert.All(places, rewards => Assert.Equal(1, rewards[^1]));
        Assert.Equal([0, 1, 2], places.Select(rewards => Array.IndexOf(rewards, Part)).Distinct().Order());
        Assert.Equal(places[7], Shuffled(scored with { Seed = 7 }));
    }

    [Theory]
    [InlineData(RewardControl.Shuffled)]
    [InlineData(RewardControl.Constant)]
    [InlineData(RewardControl.Oracle)]
    public void Control_ImmediateFinish_HasNoCallToPay(RewardControl control) =>
        Assert.Equal(0, Player.Play(World, World.Tasks[1], _ => new Finish(), new RewardOptions { Control = control }).Return);

    private static double[] Shuffled(Episode episode) =>
        [.. EpisodeEngine.Score(episode, World, new RewardOptions { Control = RewardControl.Shuffled }).Steps.Select(step => step.Reward)];

    private static double[] Rewards(RewardOptions options) => [.. Play(options).Steps.Select(step => step.Reward)];

    private static Episode Play(RewardOptions options)
    {
        AgentAction[] actions = [TinyWorld.NewsCall(), TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish()];
        var next = 0;
        return Player.Play(World, World.Tasks[1], _ => actions[next++], options);
    }
}
