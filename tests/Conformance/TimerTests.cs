using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Unit")]
public sealed class TimerTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private Probe Probe => cluster.Fixture.Probe;

    [Fact]
    public async Task Timer_WithAPeriod_TicksAgainAndNeverOverlaps()
    {
        await Grain("periodic").StartTimerAsync("periodic", new(0, 1));
        await Probe.SeenAsync("periodic tick 5");
        Assert.False(Probe.HasSeen("periodic overlapped"));
    }

    [Fact]
    public async Task Timer_WithAPeriodOfZero_TicksOn()
    {
        await Grain("zero").StartTimerAsync("zero", new(0, 0));
        await Probe.SeenAsync("zero tick 20");
        await Grain("zero").StopTimerAsync();
    }

    [Fact]
    public async Task Tick_ByDefault_BlocksCallsForItsWholeAwait()
    {
        var grain = Grain("blocking");
        await grain.StartTimerAsync("blocking", new(0, -1, IsHeld: true));
        await Probe.AtAsync("blocking 1");

        var call = grain.HoldAsync("behind the tick");
        Probe.Open("behind the tick");
        Probe.Open("blocking 1");
        await call;

        var notes = Probe.Notes.ToList();
        Assert.InRange(notes.IndexOf("blocking ticked 1"), 0, notes.IndexOf("behind the tick passed"));
    }

    [Fact]
    public async Task Tick_WithInterleave_LetsCallsIn()
    {
        var grain = Grain("open");
        await grain.StartTimerAsync("open", new(0, -1, IsHeld: true, IsInterleaved: true));
        await Probe.AtAsync("open 1");

        await grain.ActivationAsync();

        Assert.DoesNotContain("open ticked 1", Probe.Notes);
        Probe.Open("open 1");
    }

    [Fact]
    public async Task Tick_ThatFails_IsSwallowedAndAPeriodicTimerGoesOn()
    {
        await Grain("failing").StartTimerAsync("failing", new(0, 1, Fails: true));
        await Probe.SeenAsync("failing tick 3");
    }

    [Fact]
    public async Task Change_InATick_ArmsTheTimerAnew()
    {
        await Grain("rearmed").StartTimerAsync("rearmed", new(0, -1, RearmedMilliseconds: 1));
        await Probe.SeenAsync("rearmed tick 2");
    }

    [Fact]
    public async Task Dispose_DuringATick_CancelsItsToken()
    {
        var grain = Grain("disposed");
        await grain.StartTimerAsync("disposed", new(0, 0, IsHeld: true, IsInterleaved: true));
        await Probe.AtAsync("disposed 1");

        await grain.StopTimerAsync();

        await Probe.SeenAsync("disposed cancelled");
        Assert.False(Probe.IsAt("disposed 2"));
    }

    [Fact]
    public async Task Deactivation_DuringATick_WaitsForItAndDoesNotCancelIt()
    {
        var grain = Grain("draining");
        await grain.StartTimerAsync("draining", new(0, -1, IsHeld: true, IsInterleaved: true));
        await Probe.AtAsync("draining 1");

        await grain.EndAsync();
        var next = grain.ActivationAsync();
        Probe.Open("draining 1");
        await next;

        var notes = Probe.Notes.ToList();
        Assert.InRange(notes.IndexOf("draining ticked 1"), 0, notes.IndexOf("draining ended"));
    }

    [Fact]
    public async Task Timer_WithANegativeTime_IsRefused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Grain("negative").StartTimerAsync("negative", new(-2, 1)));

    private ILifeGrain Grain(string key) => cluster.Fixture.Client.GetGrain<ILifeGrain>(key);
}
