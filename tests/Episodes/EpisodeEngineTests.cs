using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Rewards;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Episodes;

[Trait("Kind", "Unit")]
public sealed class EpisodeEngineTests
{
    private static readonly TinyWorld World = new();
    private static readonly AgentTask Task = World.Tasks[1];

    [Fact]
    public void Close_SolvedEpisode_HasAnswerVerdictAndSteps()
    {
        var episode = Player.Play(World, Task, TinyWorld.FindCall(1), TinyWorld.PriceCall(1), new Finish());
        Assert.Equal((EpisodeStatus.Finished, Verdict.Solved, 3), (episode.Status, episode.Verdict, episode.Steps.Length));
        Assert.Equal("item_id: itm-1001; colour: blue; price: 23", episode.FinalAnswer);
    }

    [Fact]
    public void Observe_LastTurn_Truncates()
    {
        var episode = Player.Play(World, Task, [.. Enumerable.Repeat(TinyWorld.NewsCall(), 5)]);
        Assert.Equal((EpisodeStatus.Truncated, "", Verdict.Unsolved), (episode.Status, episode.FinalAnswer, episode.Verdict));
    }

    [Fact]
    public void Decide_FinishOnTheLastTurn_Finishes()
    {
        var news = TinyWorld.NewsCall();
        Assert.Equal(EpisodeStatus.Finished, Player.Play(World, Task, news, news, news, news, new Finish()).Status);
    }

    [Fact]
    public void Decide_GiveUp_HasNoAnswer()
    {
        var episode = Player.Play(World, Task, TinyWorld.FindCall(1), new Finish(GaveUp: true, "price: 23"));
        Assert.Equal((EpisodeStatus.GaveUp, "", Verdict.Unsolved), (episode.Status, episode.FinalAnswer, episode.Verdict));
    }

    [Fact]
    public void Decide_WhileACallIsPending_Throws()
    {
        var episode = EpisodeEngine.Decide(Begin(), new Decision(TinyWorld.NewsCall(), 0));
        Assert.Contains("a pending decision", Assert.Throws<InvalidOperationException>(() => EpisodeEngine.Decide(episode, new Decision(new Finish(), 0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AfterTheEnd_Throws()
    {
        var episode = EpisodeEngine.Decide(Begin(), new Decision(new Finish(), 0));
        Assert.Throws<InvalidOperationException>(() => EpisodeEngine.Decide(episode, new Decision(new Finish(), 0)));
    }

    [Fact]
    public void Request_NothingPending_Throws() => Assert.Throws<InvalidOperationException>(() => EpisodeEngine.Request(Begin()));

    [Fact]
    public void Request_SameCallAgain_CountsAttemptsAndNamesTheStep()
    {
        var episode = Player.Play(World, Task, TinyWorld.PriceCall(0), TinyWorld.NewsCall());
        var request = EpisodeEngine.Request(EpisodeEngine.Decide(episode, new Decision(TinyWorld.PriceCall(0), 0)));
        Assert.Equal(("test/0#2", 1), (request.CallId, request.Attempt));
    }

    [Fact]
    public void Observe_LongAnswer_IsCutToTheLimit()
    {
        var pending = EpisodeEngine.Decide(Begin(), new Decision(TinyWorld.NewsCall(), 0));
        var step = EpisodeEngine.Observe(pending, new ToolAnswer(ToolStatus.Ok, "", new string('x', 1025), Provenance.Real)).Steps[0];
        Assert.Equal(new string('x', 1024) + "...", step.Observation);
    }

    [Fact]
    public void Observe_CutInsideACharacterOfTwoUnits_LeavesItOut()
    {
        var pending = EpisodeEngine.Decide(Begin(), new Decision(TinyWorld.NewsCall(), 0));
        var step = EpisodeEngine.Observe(pending, new ToolAnswer(ToolStatus.Ok, "", new string('x', 1023) + "\U0001F600", Provenance.Real)).Steps[0];
        Assert.Equal(new string('x', 1023) + "...", step.Observation);
    }

    [Fact]
    public void Observe_Error_IsWhatTheAgentReads()
    {
        var step = Player.Play(World, Task, TinyWorld.PriceCall(0)).Steps[0];
        Assert.Equal((false, "error: The backend timed out. Try again."), (step.Success, step.Observation));
    }

    [Fact]
    public void Close_Faulted_GetsNeitherVerdictNorRewards()
    {
        var faulted = EpisodeEngine.Fail(Player.Play(World, Task, TinyWorld.FindCall(1)), new EpisodeFault(FaultBoundary.Tool, "gone", ToolFaultKind.Unavailable));
        var (closed, judgement) = EpisodeEngine.Close(faulted, World, new RewardOptions());
        Assert.Equal((EpisodeStatus.Faulted, null, null, 0.0, 1), (closed.Status, closed.Verdict, judgement, closed.Return, closed.Steps.Length));
    }

    [Fact]
    public void Cancel_EndedEpisode_StaysAsItIs()
    {
        var episode = Player.Play(World, Task, new Finish());
        Assert.Same(episode, EpisodeEngine.Cancel(episode));
    }

    [Fact]
    public void ChoiceSeed_OtherStepOrSeedOrTask_Differs()
    {
        var seeds = new[]
        {
            EpisodeEngine.ChoiceSeed(Begin()),
            EpisodeEngine.ChoiceSeed(Player.Play(World, Task, TinyWorld.NewsCall())),
            EpisodeEngine.ChoiceSeed(EpisodeEngine.Begin(new EpisodeId("test", 0), "tiny", Task, 2)),
            EpisodeEngine.ChoiceSeed(EpisodeEngine.Begin(new EpisodeId("test", 0), "tiny", World.Tasks[2], 1)),
        };
        Assert.Equal(4, seeds.Distinct().Count());
        Assert.Equal(seeds[0], EpisodeEngine.ChoiceSeed(EpisodeEngine.Begin(new EpisodeId("other", 9), "tiny", Task, 1)));
    }

    [Fact]
    public void Situate_ApiTheWorldDoesNotKnow_IsLeftOut()
    {
        var task = Task with { Offered = [new ApiKey("no", "such", "api"), TinyWorld.News] };
        var situation = EpisodeEngine.Situate(EpisodeEngine.Begin(new EpisodeId("test", 0), "tiny", task, 1), World);
        Assert.Equal([TinyWorld.News], situation.Apis.Select(api => api.Key));
    }

    [Theory]
    [InlineData("run/7", "run", 7)]
    [InlineData("a/b/0", "a/b", 0)]
    public void Parse_EpisodeId_ReadsRunAndOrdinal(string text, string run, long ordinal) => Assert.Equal(new EpisodeId(run, ordinal), EpisodeId.Parse(text));

    [Theory]
    [InlineData("run")]
    [InlineData("/7")]
    [InlineData("run/-1")]
    [InlineData("run/7x")]
    public void Parse_NoEpisodeId_Throws(string text) => Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => EpisodeId.Parse(text)).Message, StringComparison.Ordinal);

    private static Episode Begin() => EpisodeEngine.Begin(new EpisodeId("test", 0), "tiny", Task, 1);
}
