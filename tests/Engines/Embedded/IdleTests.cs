using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Xunit;

namespace StepTool.Tests.Engines;

/// <summary>The default age is 15 minutes, looked at each minute; an activation's idle clock starts within a second of its last use.</summary>
[Trait("Kind", "Unit")]
public sealed class IdleTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private EngineFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await EngineFixture.StartAsync(_ => { }, services => services.AddSingleton<TimeProvider>(_clock));

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Idle_ForItsAge_IsCollected()
    {
        await Grain("idle").TouchAsync();
        _clock.Advance(TimeSpan.FromMinutes(17));
        Assert.Equal("ActivationIdle", await _fixture.Probe.SeenAsync("idle ended"));
        await WaitUntilGoneAsync(Grain("idle"));
    }

    [Fact]
    public async Task Used_WithinItsAge_Stays()
    {
        await Grain("used").TouchAsync();
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            await Grain("used").TouchAsync();
        }

        Assert.True(IsThere(Grain("used")));
    }

    [Fact]
    public async Task Running_HoweverLong_Stays()
    {
        var grain = Grain("running");
        var call = grain.HoldAsync("running");
        await _fixture.Probe.AtAsync("running");
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.True(IsThere(grain));
        _fixture.Probe.Open("running");
        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task DelayDeactivation_KeepsItForThatTime()
    {
        await Grain("delayed").DelayAsync(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.True(IsThere(Grain("delayed")));
        _clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("ActivationIdle", await _fixture.Probe.SeenAsync("delayed ended"));
    }

    [Fact]
    public async Task KeepAliveClass_IsNeverCollected()
    {
        var grain = _fixture.Client.GetGrain<IAlwaysThereGrain>("kept");
        await grain.TouchAsync();
        _clock.Advance(TimeSpan.FromHours(3));
        Assert.True(IsThere(grain));
    }

    [Fact]
    public async Task AgeLimit_OfAClass_IsItsOwn()
    {
        var grain = _fixture.Client.GetGrain<ILongIdleGrain>("long");
        await grain.TouchAsync();
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.True(IsThere(grain));
        _clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("ActivationIdle", await _fixture.Probe.SeenAsync("long ended"));
    }

    [Fact]
    public async Task Timer_WithoutKeepAlive_DoesNotStopCollection()
    {
        await Grain("ticking").TickAsync(TimeSpan.FromMinutes(10), keepsAlive: false);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await _fixture.Probe.SeenAsync("ticking tick 1");
        await Grain("ticking-fence").TouchAsync();
        _clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal("ActivationIdle", await _fixture.Probe.SeenAsync("ticking ended"));
    }

    [Fact]
    public async Task Timer_WithKeepAlive_StopsCollection()
    {
        await Grain("alive").TickAsync(TimeSpan.FromMinutes(10), keepsAlive: true);
        for (var tick = 1; tick < 5; tick++)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            await _fixture.Probe.SeenAsync($"alive tick {tick}");

            // behind the tick, so that it has ended and armed the timer anew
            await Grain("alive").DelayAsync(TimeSpan.Zero);
        }

        Assert.True(IsThere(Grain("alive")));
    }

    [Theory]
    [InlineData(29, "open")]
    [InlineData(31, "cancelled")]
    public async Task OnDeactivate_AfterACallHeldItUp_HasTheTimeThatIsLeft(int seconds, string token)
    {
        var grain = Grain("late");
        var call = grain.HoldAsync("late");
        await _fixture.Probe.AtAsync("late");
        _fixture.Engine.Find(grain.GetGrainId())!.Deactivate(new(DeactivationReasonCode.RuntimeRequested, "The test asked for it."));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _fixture.Probe.Open("late");
        Assert.Equal(token, await _fixture.Probe.SeenAsync("late token"));
        await Record.ExceptionAsync(() => call);
    }

    private bool IsThere(IAddressable grain) => _fixture.Engine.Find(grain.GetGrainId()) is not null;

    private async Task WaitUntilGoneAsync(IAddressable grain) => await (_fixture.Engine.Find(grain.GetGrainId())?.Deactivated ?? Task.CompletedTask);

    private IIdleGrain Grain(string key) => _fixture.Client.GetGrain<IIdleGrain>(key);
}
