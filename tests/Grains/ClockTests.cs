using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>The machine's clock is set while all is at work: spans do not notice.</summary>
[Trait("Kind", "Unit")]
public sealed class ClockTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Lease_ClockIsSet_EndsWithItsSpan(int hours)
    {
        var time = new SettableTime();
        await using var house = await House.StartAsync(new Ground { HasPump = false, Time = time, Silos = new TestSilos { Members = ["one", "two"] } });
        var queue = house.Grain<IRolloutQueueGrain>("0");
        await queue.EnqueueAsync([new EpisodeId("run", 0)]);
        Assert.Single(await queue.TakeAsync("one", 1));

        time.Jump(TimeSpan.FromHours(hours));
        Assert.Empty(await queue.TakeAsync("two", 1));
        time.Advance(Lease);
        Assert.Single(await queue.TakeAsync("two", 1));
    }
}
