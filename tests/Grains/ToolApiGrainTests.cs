using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class ToolApiGrainTests
{
    private readonly TaskCompletionSource<ToolReply> _answer = new();
    private readonly SemaphoreSlim _arrived = new(0);

    [Theory]
    [InlineData(false, 1, 2)]
    [InlineData(true, 3, 0)]
    public async Task Call_EqualOnesInFlight_ShareAnAnswerUnlessTheyMutate(bool mutates, int sent, long coalesced)
    {
        var ground = Waiting();
        ground.Tools.Mutate = mutates;
        await using var house = await House.StartAsync(ground);
        var grain = Api(house, TinyWorld.Order);
        var calls = Enumerable.Range(0, 3).Select(index => grain.CallAsync(new ToolRequest(TinyWorld.OrderCall(1).Call, $"run/{index}#0", 0))).ToArray();
        await ArrivedAsync(sent);
        await TakenAsync(grain, 3);
        _answer.SetResult(new ToolAnswer(ToolStatus.Ok, "", "{}", Provenance.Real));
        await Task.WhenAll(calls);
        Assert.Equal((sent, new ToolStatistics(3, coalesced, 0, 0)), (ground.Tools.Sent.Count, await grain.StatisticsAsync()));
    }

    [Fact]
    public async Task Call_SameIdOfAMutatingCallInFlight_IsSentOnce()
    {
        var ground = Waiting();
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        var grain = Api(house, TinyWorld.Order);
        var request = new ToolRequest(TinyWorld.OrderCall(1).Call, "run/0#0", 0);
        var calls = new[] { grain.CallAsync(request), grain.CallAsync(request) };
        await TakenAsync(grain, 2);
        _answer.SetResult(new ToolAnswer(ToolStatus.Ok, "", "{}", Provenance.Real));
        await Task.WhenAll(calls);
        Assert.Equal(1, ground.Tools.Sent["run/0#0"]);
    }

    [Fact]
    public async Task Call_ARetry_IsNoEqualCall()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        var grain = Api(house, TinyWorld.Price);
        Assert.Equal(ToolStatus.TimedOut, ((ToolAnswer)await grain.CallAsync(new ToolRequest(TinyWorld.PriceCall(5).Call, "run/0#0", 0))).Status);
        Assert.Equal(ToolStatus.Ok, ((ToolAnswer)await grain.CallAsync(new ToolRequest(TinyWorld.PriceCall(5).Call, "run/0#1", 1))).Status);
        Assert.Equal(new ToolStatistics(2, 0, 1, 0), await grain.StatisticsAsync());
    }

    [Fact]
    public async Task Call_LongerThanItsTimeout_IsAFault()
    {
        var ground = new Ground { HasPump = false, Options = options => options.CallTimeout = TimeSpan.FromMilliseconds(20) };
        ground.Tools.Reply = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("An endless wait has ended.");
        };
        await using var house = await House.StartAsync(ground);
        var reply = await Api(house, TinyWorld.News).CallAsync(new ToolRequest(TinyWorld.NewsCall().Call, "run/0#0", 0));
        Assert.Equal(ToolFaultKind.TimedOut, Assert.IsType<ToolFaulted>(reply).Fault.Kind);
    }

    [Fact]
    public async Task Call_AdapterThrows_IsAFaultWithItsReason()
    {
        var ground = new Ground { HasPump = false };
        ground.Tools.Reply = (_, _) => throw new InvalidOperationException("no route");
        await using var house = await House.StartAsync(ground);
        var fault = Assert.IsType<ToolFaulted>(await Api(house, TinyWorld.News).CallAsync(new ToolRequest(TinyWorld.NewsCall().Call, "run/0#0", 0))).Fault;
        Assert.Equal((ToolFaultKind.Unavailable, "shop/gazette/shop_news: no route"), (fault.Kind, fault.Message));
    }

    [Theory]
    [InlineData("built-in:1/a/b/c", "built-in:1")]
    [InlineData("recorded:1:10:00/a/b/c", "recorded:1:10:00")]
    public void Parse_Key_SplitsWorldAndApi(string key, string world)
    {
        Assert.Equal((world, new ApiKey("a", "b", "c")), ToolApiKey.Parse(key));
        Assert.Equal(key, ToolApiKey.Of(world, new ApiKey("a", "b", "c")));
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("world")]
    [InlineData("world/a//c")]
    public void Parse_NoKey_Throws(string key) => Assert.Throws<FormatException>(() => ToolApiKey.Parse(key));

    private static IToolApiGrain Api(House house, ApiKey api) => house.Grain<IToolApiGrain>(ToolApiKey.Of("tiny", api));

    private Ground Waiting()
    {
        var ground = new Ground { HasPump = false };
        ground.Tools.Reply = (_, _) =>
        {
            _arrived.Release();
            return _answer.Task;
        };
        return ground;
    }

    private async Task ArrivedAsync(int count)
    {
        for (var seen = 0; seen < count; seen++)
        {
            Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30)), $"{seen} of {count} calls arrived.");
        }
    }

    // Calls are taken one turn after the other, so each look lets those that came before it in.
    private static async Task TakenAsync(IToolApiGrain grain, long count)
    {
        for (var look = 0; look < 1000 && (await grain.StatisticsAsync()).Calls < count; look++)
        {
            await Task.Yield();
        }
    }
}
