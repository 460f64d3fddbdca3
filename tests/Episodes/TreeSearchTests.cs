using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
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
    public void Observe_TurnsSpent_Ends()
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("run", 0), _world.Id, _world.Tasks[0] with { MaxTurns = 20 }, 1, strategy: SearchStrategy.Dfsdt);
        for (var turn = 0; turn < TreeSearch.MaxTurns; turn++)
        {
            Assert.Equal(EpisodeStatus.Running, episode.Status);
            episode = Call(episode, $"item {turn}");
        }

        // The budget of a path ends at 20 steps; ten turns of siblings later the turns of all paths are spent at the next path's end.
        Assert.Equal(TreeSearch.MaxTurns, episode.TurnsTaken);
        Assert.Equal(EpisodeStatus.Truncated, episode.Status);
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

    private Episode Begin(SearchStrategy strategy) => EpisodeEngine.Begin(new EpisodeId("run", 0), _world.Id, _world.Tasks[0], 1, strategy: strategy);

    private Episode Call(Episode episode, string name)
    {
        var decided = EpisodeEngine.Decide(episode, new Decision(Find(name), 0));
        return EpisodeEngine.Observe(decided, _world.Answer(EpisodeEngine.Request(decided).Call, 0));
    }
}
