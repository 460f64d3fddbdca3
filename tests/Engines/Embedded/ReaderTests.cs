using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

/// <summary>Stricter than Orleans, which lets a normal call in as soon as the reader that it met has ended.</summary>
[Trait("Kind", "Unit")]
public sealed class ReaderTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private Probe Probe => cluster.Fixture.Probe;

    [Fact]
    public async Task NormalCall_WhileOneOfTwoReadersAwaits_Waits()
    {
        var grain = cluster.Fixture.Client.GetGrain<ITurnGrain>("writer-waits");
        var first = grain.ReadAsync("first reader");
        var second = grain.ReadAsync("second reader");
        await Probe.AtAsync("first reader");
        await Probe.AtAsync("second reader");
        var touch = grain.TouchAsync("after the readers");

        Probe.Open("first reader");
        await first;
        await grain.PeekAsync();
        Assert.False(touch.IsCompleted);

        Probe.Open("second reader");
        await Task.WhenAll(second, touch);
    }
}
