using Microsoft.Extensions.DependencyInjection;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

[Trait("Kind", "Unit")]
public sealed class TimeoutTests : IAsyncLifetime
{
    private static readonly TimeSpan JustOver = TimeSpan.FromSeconds(32);
    private readonly ManualClock _clock = new();
    private EngineFixture _fixture = null!;

    private Probe Probe => _fixture.Probe;

    public async Task InitializeAsync() => _fixture = await EngineFixture.StartAsync(_ => { }, services => services.AddSingleton<TimeProvider>(_clock));

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Timeout_OfACallCycle_NamesItsGrains()
    {
        var call = Chain("a").PassOnAsync(["b", "a"], "never");
        await Probe.SeenAsync("in b");
        await WaitUntilQueuedAsync("a");

        _clock.Advance(JustOver);

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("client -> chain/a (IChainGrain.PassOnAsync) -> chain/b (IChainGrain.PassOnAsync) -> chain/a (IChainGrain.PassOnAsync)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("It is a cycle: chain/a waits for itself", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_OfASlowCall_NamesTheChainAndNoCycle()
    {
        var call = Chain("first").PassOnAsync(["second"], "slow");
        await Probe.AtAsync("slow");

        _clock.Advance(JustOver);

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("client -> chain/first (IChainGrain.PassOnAsync) -> chain/second (IChainGrain.PassOnAsync)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cycle", exception.Message, StringComparison.Ordinal);
        Probe.Open("slow");
    }

    [Fact]
    public async Task Timeout_WhileTheGrainRuns_CancelsItsToken()
    {
        var call = _fixture.Client.GetGrain<ICallGrain>("slow").WaitAsync("slow", CancellationToken.None);
        await Probe.SeenAsync("slow started");
        _clock.Advance(JustOver);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        await Probe.SeenAsync("slow cancelled");
    }

    [Fact]
    public async Task Timeout_WhileTheCallWaits_KeepsItFromRunning()
    {
        var grain = _fixture.Client.GetGrain<ITurnGrain>("busy");
        var held = grain.HoldAsync("busy");
        await Probe.AtAsync("busy");
        var waiting = grain.TouchAsync("ran too late");

        _clock.Advance(JustOver);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        Probe.Open("busy");
        await grain.TouchAsync("after");

        Assert.Equal(["after"], Probe.Notes);
    }

    [Fact]
    public async Task Call_BeforeItsTimeout_IsAnswered()
    {
        var call = Chain("patient").PassOnAsync([], "patient");
        await Probe.AtAsync("patient");
        _clock.Advance(TimeSpan.FromSeconds(29));
        Probe.Open("patient");
        await call;
    }

    /// <summary>Until a call waits for its turn; the engine tells nobody, so ask it as long as calls that interleave come through.</summary>
    private async Task WaitUntilQueuedAsync(string key)
    {
        var activation = _fixture.Engine.Find(Chain(key).GetGrainId())!;
        while (true)
        {
            List<StepTool.Embedded.Calls.Request> requests = [];
            activation.Look(_clock.GetTimestamp(), requests);
            if (requests.Count > 1)
            {
                return;
            }

            await Task.Yield();
        }
    }

    private IChainGrain Chain(string key) => _fixture.Client.GetGrain<IChainGrain>(key);
}
