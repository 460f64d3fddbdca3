using Xunit;

namespace StepTool.Tests.Engines;

[Trait("Kind", "Unit")]
public sealed class ManualClockTests
{
    [Fact]
    public void Advance_OverSeveralDueTimes_TicksInOrder()
    {
        var clock = new ManualClock();
        var ticks = new List<string>();
        using var late = clock.CreateTimer(_ => ticks.Add($"late at {clock.GetTimestamp()}"), null, TimeSpan.FromTicks(5), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => ticks.Add($"often at {clock.GetTimestamp()}"), null, TimeSpan.FromTicks(3), TimeSpan.FromTicks(3));

        clock.Advance(TimeSpan.FromTicks(7));

        Assert.Equal(["often at 3", "late at 5", "often at 6"], ticks);
        Assert.Equal(7, clock.GetTimestamp());
    }

    [Fact]
    public void Timer_Disposed_TicksNoMore()
    {
        var clock = new ManualClock();
        var ticks = 0;
        var timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromTicks(1), TimeSpan.FromTicks(1));
        clock.Advance(TimeSpan.FromTicks(2));
        timer.Dispose();
        clock.Advance(TimeSpan.FromTicks(2));
        Assert.Equal(2, ticks);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }
}
