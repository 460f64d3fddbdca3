using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Episodes;

[Trait("Kind", "Unit")]
public sealed class TreeSearchTests
{
    private readonly TinyWorld _world = new(maxTurns: 2);

    [Fact]
    public void Observe_BudgetSpentWithReact_Truncates()
    {
        var episode = Call(Call(Begin(SearchStrategy.React), "a"), "b");

        Assert.Equal(EpisodeStatus.Truncated, episode.Status);
        Assert.Empty(episode.Abandoned);
    }

    [Fact]
    public void Observe_BudgetSpentWithSearch_GoesBackToTheDeepestNodeAndKnowsWhatItTried()
    {
        var episode = Call(Call(Begin(SearchStrategy.Dfsdt), "a"), "b");

        Assert.Equal(EpisodeStatus.Running, episode.Status);
        Assert.Equal(["a"], Names(episode.Steps));
        Assert.Equal(["b"], Names(Assert.Single(episode.Abandoned).Steps));
        Assert.Equal(2, episode.TurnsTaken);
        Assert.Equal<AgentAction>([Find("b")], TreeSearch.Tried(episode));
        Assert.Equal(episode.Id.CallId(2), EpisodeEngine.Request(EpisodeEngine.Decide(episode, new Decision(Find("c"), 0))).CallId);
    }

    [Fact]
    public void Observe_TwoChildrenTried_GoesFurtherUpAndForgetsWhatWasTriedBelow()
    {
        var episode = Call(Call(Call(Begin(SearchStrategy.Dfsdt), "a"), "b"), "c");

        Assert.Empty(episode.Steps);
        Assert.Equal<AgentAction>([Find("a")], TreeSearch.Tried(episode));
        Assert.Empty(TreeSearch.Tried(Call(episode, "d")));
    }

    [Fact]
    public void Observe_EveryNodeHasTriedItsWidth_Ends()
    {
        var episode = Begin(SearchStrategy.Dfsdt);
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f"])
        {
            Assert.Equal(EpisodeStatus.Running, episode.Status);
            episode = Call(episode, name);
        }

        Assert.Equal(EpisodeStatus.Truncated, episode.Status);
        Assert.Equal(6, episode.TurnsTaken);
    }

    [Fact]
    public void Observe_BudgetSpentWithRestarts_BeginsAgainWithAllOnOfferAndSamples()
    {
        var first = Begin(SearchStrategy.Restarts);
        var again = Call(Call(first, "a"), "b");

        Assert.Equal((EpisodeStatus.Running, 0, 2), (again.Status, again.Steps.Length, again.TurnsTaken));
        Assert.Equal(["a", "b"], Names(Assert.Single(again.Abandoned).Steps));
        Assert.Empty(TreeSearch.Tried(again));
        Assert.Equal((DecisionMode.Greedy, DecisionMode.Sampled), (TreeSearch.Mode(first, DecisionMode.Greedy), TreeSearch.Mode(again, DecisionMode.Greedy)));
        Assert.NotEqual(EpisodeEngine.ChoiceSeed(first), EpisodeEngine.ChoiceSeed(again));
    }

    [Theory]
    [InlineData(SearchStrategy.Restarts, 7, 28)] // four attempts of 7; a fifth would not fit
    [InlineData(SearchStrategy.Restarts, 30, 30)]
    [InlineData(SearchStrategy.Dfsdt, 7, 30)] // 7 turns, then 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1 by going back; another 2 would not fit
    [InlineData(SearchStrategy.Dfsdt, 29, 30)]
    public void Observe_NeverAnAnswer_EndsWhereNoWholePathFitsTheTurns(SearchStrategy strategy, int budget, int turns)
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("run", 0), _world.Id, _world.Tasks[0] with { MaxTurns = budget }, 1) with { Strategy = strategy };
        for (var turn = 0; !episode.HasEnded; turn++)
        {
            episode = Call(episode, $"item {turn}");
        }

        Assert.Equal((turns, EpisodeStatus.Truncated), (episode.TurnsTaken, episode.Status));
    }

    [Fact]
    public void Decide_FinishWithAnAnswer_EndsAtOnce()
    {
        var episode = EpisodeEngine.Decide(Begin(SearchStrategy.Dfsdt), new Decision(new Finish(Answer: "price: 3"), 0));

        Assert.Equal(EpisodeStatus.Finished, episode.Status);
    }

    [Fact]
    public void Decide_GivingUp_GoesBack()
    {
        var episode = EpisodeEngine.Decide(Call(Begin(SearchStrategy.Dfsdt), "a"), new Decision(new Finish(GaveUp: true), 0));

        Assert.Equal(EpisodeStatus.Running, episode.Status);
        Assert.Equal<AgentAction>([new Finish(GaveUp: true)], TreeSearch.Tried(episode));
    }

    [Fact]
    public void Enumerate_TriedAction_IsNotOfferedAgain()
    {
        var before = EpisodeEngine.Situate(Begin(SearchStrategy.Dfsdt), _world);
        var first = CandidateGenerator.Enumerate(before)[0].Action;

        var offered = CandidateGenerator.Enumerate(before with { Tried = [first, new Finish()] }).Select(candidate => candidate.Action).ToArray();

        Assert.DoesNotContain(first, offered);
        Assert.DoesNotContain(offered, action => action is Finish);
        Assert.NotEmpty(offered);
    }

    private static CallApi Find(string name) => new(new ToolCall(TinyWorld.Find, $$"""{"name":"{{name}}"}"""));

    private static IEnumerable<string> Names(IEnumerable<Step> steps) => steps.Select(step => step.Call!.Arguments.Split('"')[3]);

    private Episode Begin(SearchStrategy strategy) => EpisodeEngine.Begin(new EpisodeId("run", 0), _world.Id, _world.Tasks[0], 1) with { Strategy = strategy };

    private Episode Call(Episode episode, string name)
    {
        var decided = EpisodeEngine.Decide(episode, new Decision(Find(name), 0));
        return EpisodeEngine.Observe(decided, _world.Answer(EpisodeEngine.Request(decided).Call, 0));
    }
}
