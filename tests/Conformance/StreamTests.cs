using Orleans.Runtime;
using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Unit")]
public sealed class StreamTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private Probe Probe => cluster.Fixture.Probe;

    [Fact]
    public async Task Stream_ToItsEnd_GivesAllItems()
    {
        var items = new List<int>();
        await foreach (var item in Grain("all").CountAsync("all", 250))
        {
            items.Add(item);
        }

        Assert.Equal(Enumerable.Range(1, 250), items);
        Assert.Equal("True", await Probe.SeenAsync("all left"));
    }

    [Fact]
    public async Task Stream_EnumeratedTwice_StartsAnew()
    {
        var stream = Grain("twice").CountAsync("twice", 3);
        Assert.Equal((6, 6), (await SumAsync(stream), await SumAsync(stream)));
    }

    [Fact]
    public async Task Stream_LeftEarly_IsDisposedInTheGrain()
    {
        await foreach (var _ in Grain("left").CountAsync("left", int.MaxValue).WithBatchSize(1))
        {
            break;
        }

        Assert.Equal("True", await Probe.SeenAsync("left left"));
    }

    [Fact]
    public async Task Stream_ThatFails_GivesItsErrorToTheCaller()
    {
        var exception = await Assert.ThrowsAsync<ShapeException>(() => SumAsync(Grain("fails").CountAsync("fails", -1)));
        Assert.Equal("cannot count to that", exception.Message);
    }

    [Fact]
    public async Task Stream_WhileItWaits_LetsCallsIn()
    {
        var grain = Grain("open");
        var sum = SumAsync(grain.CountAsync("open", 2, "open stream").WithBatchSize(1));
        await Probe.AtAsync("open stream 2");

        await grain.NothingAsync();

        Assert.False(sum.IsCompleted);
        Probe.Open("open stream 2");
        Assert.Equal(3, await sum);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_Cancelled_EndsAtBothSides(bool byArgument)
    {
        var name = $"cancelled {byArgument}";
        using var stop = new CancellationTokenSource();
        var stream = Grain(name).CountAsync(name, 2, name, byArgument ? stop.Token : default).WithBatchSize(1);
        var sum = SumAsync(stream, byArgument ? default : stop.Token);
        await Probe.AtAsync($"{name} 2");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sum);
        await Probe.SeenAsync($"{name} left");
    }

    [Fact]
    public async Task Stream_OfAnActivationThatEnds_IsAborted()
    {
        var grain = Grain("ended");
        var sum = SumAsync(grain.CountAsync("ended", 2, "ended").WithBatchSize(1));
        await Probe.AtAsync("ended 2");

        await grain.EndAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => sum);
        await Probe.SeenAsync("ended left");
        await grain.NothingAsync();
    }

    private static async Task<int> SumAsync(IAsyncEnumerable<int> stream, CancellationToken cancellationToken = default)
    {
        var sum = 0;
        await foreach (var item in stream.WithCancellation(cancellationToken))
        {
            sum += item;
        }

        return sum;
    }

    private ICallGrain Grain(string key) => cluster.Fixture.Client.GetGrain<ICallGrain>(key);
}
