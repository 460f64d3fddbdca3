using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>What a live call is answered with, and how often it is made.</summary>
[Trait("Kind", "Unit")]
public sealed class LiveCallTests
{
    [Fact]
    public async Task Recorded_CallsNothing()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var answer = await AskAsync(house, LiveGround.Request("Oslo", ToolMode.Recorded));
        Assert.Equal(("recorded rain", Provenance.Recorded, 0), (answer.Response, answer.Provenance, ground.Live!.Caller.Count));
    }

    [Fact]
    public async Task Live_IsCalledOnceAndThenKept()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var first = await AskAsync(house, LiveGround.Request("Rome"));
        var second = await AskAsync(house, LiveGround.Request("Rome", call: "run/1#0"));
        Assert.Equal(("real 1", Provenance.Real), (first.Response, first.Provenance));
        Assert.Equal(first with { Provenance = Provenance.Cached }, second);
        var statistics = await LiveGround.Api(house).StatisticsAsync();
        Assert.Equal(new ToolStatistics(2, 0, 0, 0) { Cached = 1, Upstream = 1 }, statistics);
    }

    [Fact]
    public async Task Live_RefusedArguments_AreNotSent()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var answer = await AskAsync(house, new ToolRequest(new ToolCall(LiveGround.Daily, """{"town":"Rome"}"""), "run/0#0", 0, ToolMode.Live));
        Assert.Equal((ToolStatus.BadInput, Provenance.World, 0), (answer.Status, answer.Provenance, ground.Live!.Caller.Count));
    }

    [Theory]
    [InlineData("""{"city":1}""", """{"city":"1"}""")]
    [InlineData("""{"city":"a"}""", """{ "city" : "a" }""")]
    public async Task Live_EqualArguments_HoweverWritten_ShareAnAnswer(string one, string other)
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        await AskAsync(house, new ToolRequest(new ToolCall(LiveGround.Daily, one), "run/0#0", 0, ToolMode.Live));
        await AskAsync(house, new ToolRequest(new ToolCall(LiveGround.Daily, other), "run/1#0", 0, ToolMode.Live));
        Assert.Equal(1, ground.Live!.Caller.Count);
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(404, 1)]
    [InlineData(400, 2)]
    [InlineData(401, 2)]
    [InlineData(429, 2)]
    [InlineData(503, 2)]
    public async Task Live_OnlyWhatStaysTrue_IsKept(int status, int calls)
    {
        var ground = Make();
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ground.Live.Caller.Status(status));
        await using var house = await House.StartAsync(ground);
        await AskAsync(house, LiveGround.Request("Rome"));
        await AskAsync(house, LiveGround.Request("Rome"));
        Assert.Equal(calls, ground.Live.Caller.Count);
    }

    [Fact]
    public async Task Live_64EqualCallsInFlight_AreOne()
    {
        var ground = Make();
        var answer = new TaskCompletionSource();
        ground.Live!.Caller.Reply = async (number, _, _) =>
        {
            await answer.Task;
            return ground.Live.Caller.Ok(number);
        };
        await using var house = await House.StartAsync(ground);
        var grain = LiveGround.Api(house);
        var calls = Enumerable.Range(0, 64).Select(index => grain.CallAsync(LiveGround.Request("Rome", call: $"run/{index}#0"))).ToArray();
        await TakenAsync(grain, 64);
        answer.SetResult();
        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal("real 1", Assert.IsType<ToolAnswer>(reply).Response));
        Assert.Equal((1, 63L), (ground.Live.Caller.Count, (await grain.StatisticsAsync()).Coalesced));
    }

    [Fact]
    public async Task Mutating_EqualCallsOfSeveralIds_AreEachMadeAndNeverKept()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var first = await AskAsync(house, LiveGround.Request("Rome", api: LiveGround.Order, call: "run/0#0"));
        var second = await AskAsync(house, LiveGround.Request("Rome", api: LiveGround.Order, call: "run/1#0"));
        Assert.Equal(("real 1", "real 2", Provenance.Real), (first.Response, second.Response, second.Provenance));
        Assert.Empty(ground.Store.Keys("tool-answer"));
    }

    [Fact]
    public async Task Mutating_OneId_IsMadeOnceHoweverOftenItIsAsked()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var request = LiveGround.Request("Rome", api: LiveGround.Order);
        Assert.Equal(await AskAsync(house, request), await AskAsync(house, request));
        Assert.Equal(1, ground.Live!.Caller.Count);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Mutating_TransientAnswer_IsNotRepeated(int status)
    {
        var ground = Make(retries: 3);
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ground.Live.Caller.Status(status));
        await using var house = await House.StartAsync(ground);
        await AskAsync(house, LiveGround.Request("Rome", api: LiveGround.Order));
        Assert.Equal(1, ground.Live.Caller.Count);
    }

    [Theory]
    [InlineData(ToolMode.Live)]
    [InlineData(ToolMode.LiveThenSimulated)]
    public async Task Mutating_LostAfterItWasSent_IsOfUnknownOutcome(ToolMode mode)
    {
        var ground = Make(retries: 3);
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ScriptedCaller.Unreachable(neverSent: false));
        await using var house = await House.StartAsync(ground);
        var reply = await LiveGround.Api(house, LiveGround.Order).CallAsync(LiveGround.Request("Rome", mode, LiveGround.Order));
        Assert.Equal((ToolFaultKind.OutcomeUnknown, 1), (Assert.IsType<ToolFaulted>(reply).Fault.Kind, ground.Live.Caller.Count));
    }

    [Fact]
    public async Task Mutating_NeverSent_IsRepeated()
    {
        var ground = Make(retries: 3);
        ground.Live!.Caller.Reply = (number, _, _) => Task.FromResult(number == 1 ? ScriptedCaller.Unreachable(neverSent: true) : ground.Live.Caller.Ok(number));
        await using var house = await House.StartAsync(ground);
        Assert.Equal("real 2", (await AskAsync(house, LiveGround.Request("Rome", api: LiveGround.Order))).Response);
    }

    [Fact]
    public async Task Safe_TransientAnswers_AreRepeatedUpToTheLimit()
    {
        var ground = Make(retries: 3);
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ground.Live.Caller.Status(503));
        await using var house = await House.StartAsync(ground);
        Assert.Equal("HTTP 503", (await AskAsync(house, LiveGround.Request("Rome"))).Error);
        Assert.Equal(new ToolStatistics(1, 0, 1, 0) { Upstream = 4, Retries = 3 }, await LiveGround.Api(house).StatisticsAsync());
    }

    [Fact]
    public async Task Live_AdapterThrows_IsAFaultWithItsReason()
    {
        var ground = Make();
        ground.Live!.Caller.Reply = (_, _, _) => throw new InvalidOperationException("the line broke");
        await using var house = await House.StartAsync(ground);
        var fault = Assert.IsType<ToolFaulted>(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))).Fault;
        Assert.Equal((ToolFaultKind.Unavailable, "weather/sky/daily: the line broke"), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task LiveThenSimulated_Fault_IsSimulatedAndMarked()
    {
        var ground = Make();
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ScriptedCaller.Unreachable(neverSent: true));
        await using var house = await House.StartAsync(ground);
        var exact = await AskAsync(house, LiveGround.Request("Oslo", ToolMode.LiveThenSimulated));
        var near = await AskAsync(house, LiveGround.Request("Rome", ToolMode.LiveThenSimulated));
        Assert.Equal((Provenance.Recorded, Provenance.SimulatedNearest, 1L), (exact.Provenance, near.Provenance, (await LiveGround.Api(house).StatisticsAsync()).Simulated));
    }

    [Fact]
    public async Task LiveThenSimulated_ErrorThatTheAgentShouldSee_IsNotSimulated()
    {
        var ground = Make();
        ground.Live!.Caller.Reply = (_, _, _) => Task.FromResult(ground.Live.Caller.Status(400));
        await using var house = await House.StartAsync(ground);
        Assert.Equal("HTTP 400", (await AskAsync(house, LiveGround.Request("Rome", ToolMode.LiveThenSimulated))).Error);
    }

    [Fact]
    public async Task NothingToCall_IsAFaultWithItsRemedyOrSimulated()
    {
        await using var house = await House.StartAsync(Make());
        var reply = await LiveGround.Api(house, LiveGround.Unbound).CallAsync(LiveGround.Request("Rome", api: LiveGround.Unbound));
        Assert.Contains("live-then-simulated", Assert.IsType<ToolFaulted>(reply).Fault.Message, StringComparison.Ordinal);
        Assert.Equal(Provenance.SimulatedNearest, (await AskAsync(house, LiveGround.Request("Rome", ToolMode.LiveThenSimulated, LiveGround.Unbound))).Provenance);
    }

    [Fact]
    public async Task Replay_AnswersFromCacheOrRecordOnly()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var real = await AskAsync(house, LiveGround.Request("Rome"));
        Assert.Equal(real with { Provenance = Provenance.Cached }, await AskAsync(house, LiveGround.Request("Rome", ToolMode.Replay)));
        Assert.Equal(Provenance.Recorded, (await AskAsync(house, LiveGround.Request("Oslo", ToolMode.Replay))).Provenance);
        var lost = await LiveGround.Api(house).CallAsync(LiveGround.Request("Bonn", ToolMode.Replay));
        Assert.Equal((ToolFaultKind.NotRecorded, 1), (Assert.IsType<ToolFaulted>(lost).Fault.Kind, ground.Live!.Caller.Count));
    }

    private static Ground Make(int retries = 0) =>
        new() { HasPump = false, Live = new LiveGround { Options = options => (options.Retries, options.RetryDelay) = (retries, TimeSpan.FromMilliseconds(1)) } };

    private static async Task<ToolAnswer> AskAsync(House house, ToolRequest request) => Assert.IsType<ToolAnswer>(await LiveGround.Api(house, request.Call.Api).CallAsync(request));

    private static async Task TakenAsync(IToolApiGrain grain, long count)
    {
        for (var look = 0; look < 1000 && (await grain.StatisticsAsync()).Calls < count; look++)
        {
            await Task.Yield();
        }
    }
}
