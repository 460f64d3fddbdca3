using Orleans.Runtime;
using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Unit")]
public sealed class TurnTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private Probe Probe => cluster.Fixture.Probe;

    [Fact]
    public async Task Call_WhileAnotherAwaits_WaitsForItsTurn()
    {
        var grain = Grain("exclusive");
        var held = grain.HoldAsync("exclusive");
        await Probe.AtAsync("exclusive");

        var touch = grain.TouchAsync("touched");
        await grain.PeekAsync();
        Assert.False(touch.IsCompleted);
        Assert.DoesNotContain("touched", Probe.Notes);

        Probe.Open("exclusive");
        await Task.WhenAll(held, touch);
        Assert.Contains("touched", Probe.Notes);
    }

    [Fact]
    public async Task AlwaysInterleave_WhileAnotherAwaits_RunsAtOnce()
    {
        var grain = Grain("interleave");
        var held = grain.HoldAsync("interleave");
        await Probe.AtAsync("interleave");

        await grain.PeekAsync();

        Assert.False(held.IsCompleted);
        Probe.Open("interleave");
        await held;
    }

    [Fact]
    public async Task ReadOnly_WhileAnotherReads_Overlaps()
    {
        var grain = Grain("readers");
        var reads = new[] { grain.ReadAsync("reader 1"), grain.ReadAsync("reader 2") };

        await Probe.AtAsync("reader 1");
        await Probe.AtAsync("reader 2");

        Probe.Open("reader 1");
        Probe.Open("reader 2");
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task ReadOnly_WhileANormalCallAwaits_Waits()
    {
        var grain = Grain("reader-waits");
        var held = grain.HoldAsync("writer");
        await Probe.AtAsync("writer");

        var read = grain.ReadAsync("late reader");
        await grain.PeekAsync();
        Assert.False(Probe.IsAt("late reader"));

        Probe.Open("late reader");
        Probe.Open("writer");
        await Task.WhenAll(held, read);
    }

    [Fact]
    public async Task Reentrant_WhileAnotherAwaits_RunsAtOnce()
    {
        var grain = cluster.Fixture.Client.GetGrain<IReentrantGrain>("reentrant");
        var held = grain.HoldAsync("reentrant");
        await Probe.AtAsync("reentrant");

        await grain.TouchAsync();

        Assert.False(held.IsCompleted);
        Probe.Open("reentrant");
        await held;
    }

    [Fact]
    public async Task Await_InAGrain_ComesBackToItsScheduler() => Assert.True(await Grain("scheduler").StaysOnSchedulerAsync());

    [Fact]
    public async Task DetachedWork_AfterItsCall_StaysOnTheScheduler()
    {
        await Grain("detached").DetachAsync("detached work");
        await Probe.AtAsync("detached work");
        Probe.Open("detached work");
        Assert.Equal("True", await Probe.SeenAsync("detached detached work"));
    }

    [Fact]
    public async Task Calls_FromManyCallersWithAwaitsInside_LoseNoUpdate()
    {
        const int Callers = 64;
        const int Calls = 25;
        var grain = Grain("counter");

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < Calls; i++)
            {
                await grain.AddSlowlyAsync(caller % 3);
            }
        })));

        Assert.Equal(Callers * Calls, await grain.SumAsync());
    }

    [Fact]
    public async Task RequestContext_SetByTheClient_ReachesTheGrainAndNoOtherCall()
    {
        var grain = Grain("context");
        RequestContext.Set("who", "me");
        var with = await grain.ContextAsync("who");
        RequestContext.Clear();
        var without = await grain.ContextAsync("who");
        Assert.Equal(("me", null), (with, without));
    }

    private ITurnGrain Grain(string key) => cluster.Fixture.Client.GetGrain<ITurnGrain>(key);
}
