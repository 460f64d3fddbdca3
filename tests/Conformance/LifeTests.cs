using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Unit")]
public sealed class LifeTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private Probe Probe => cluster.Fixture.Probe;

    [Fact]
    public async Task FirstCall_OfAGrain_ActivatesItOnce()
    {
        var activations = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => Grain("once").ActivationAsync())));
        Assert.Single(activations.Distinct());
        await Probe.SeenAsync("once activated");
    }

    [Fact]
    public async Task DeactivateOnIdle_InACall_EndsAfterIt()
    {
        var grain = Grain("ends");
        var first = await grain.ActivationAsync();
        await grain.EndAsync();
        Assert.Equal("ApplicationRequested", await Probe.SeenAsync("ends ended"));
        Assert.NotEqual(first, await grain.ActivationAsync());
    }

    [Fact]
    public async Task Deactivation_WhileACallRuns_WaitsForIt()
    {
        var grain = Grain("waits");
        var held = grain.EndWhileHeldAsync("last call");
        await Probe.AtAsync("last call");
        var next = grain.ActivationAsync();

        Probe.Open("last call");
        await Task.WhenAll(held, next);

        Assert.True(IsBefore("last call passed", "waits ended"));
    }

    [Fact]
    public async Task Calls_DuringDeactivation_GoToTheNextActivation()
    {
        var grain = Grain("handover");
        var first = await grain.ActivationAsync();
        var held = grain.EndWhileHeldAsync("handover");
        await Probe.AtAsync("handover");
        var waiting = grain.ActivationAsync();

        Probe.Open("handover");
        await held;

        Assert.NotEqual(first, await waiting);
    }

    [Fact]
    public async Task Call_OfItself_WhileItEnds_FindsTheNextActivation()
    {
        var grain = cluster.Fixture.Client.GetGrain<IHeirGrain>("heir");
        var first = await grain.ActivationAsync();
        await grain.EndAsync();
        var (last, next) = (await Probe.SeenAsync("heir succeeded")).Split(' ') is [var a, var b] ? (a, b) : default;
        Assert.Equal(first, last);
        Assert.Equal(await grain.ActivationAsync(), next);
        Assert.NotEqual(first, next);
    }

    [ClusterFact]
    public async Task Call_OfItself_WhileItsSiloLeaves_FindsTheNextActivationElsewhere()
    {
        await using var fixture = await GrainFixture.StartAsync();
        var grain = fixture.Client.GetGrain<IHeirGrain>("heir");
        await grain.ActivationAsync();
        var leaving = fixture.Holder(grain)!;
        await fixture.LeaveAsync(leaving);
        await fixture.Probe.SeenAsync("heir succeeded");
        Assert.Contains(fixture.Holder(grain), fixture.Silos);
    }

    [Fact]
    public async Task Activation_ThatFails_GivesItsErrorToTheCallersAndTheNextCallTriesAgain()
    {
        await using var fixture = await GrainFixture.StartAsync();
        fixture.Probe.Notes.Enqueue("fragile fails");
        var grain = fixture.Client.GetGrain<IFragileGrain>("fragile");

        var exception = await Assert.ThrowsAsync<ArgumentException>(grain.CallAsync);

        Assert.Equal("The activation fails, as it was told.", exception.Message);
        Assert.Equal(1, await grain.CallAsync());
    }

    [Fact]
    public async Task Stop_OfTheHost_LetsRunningCallsFinishAndTellsTheGrains()
    {
        await using var fixture = await GrainFixture.StartAsync();
        var grain = fixture.Client.GetGrain<ILifeGrain>("stopped");
        var held = grain.HoldAsync("at stop");
        await fixture.Probe.AtAsync("at stop");

        var stop = fixture.StopAsync();
        fixture.Probe.Open("at stop");
        await stop;
        await Task.WhenAny(held); // a client in the silo's own process may stop before the answer reaches it

        Assert.Contains("at stop passed", fixture.Probe.Notes);
        // A silo that left before may have held the grain's entry in the directory.
        Assert.Contains(await fixture.Probe.SeenAsync("stopped ended"), (string[])["ShuttingDown", "DirectoryFailure"]);
    }

    private bool IsBefore(string first, string second)
    {
        var notes = Probe.Notes.ToList();
        return notes.IndexOf(first) is >= 0 and var earlier && earlier < notes.IndexOf(second);
    }

    private ILifeGrain Grain(string key) => cluster.Fixture.Client.GetGrain<ILifeGrain>(key);
}
