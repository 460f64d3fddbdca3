using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using StepTool.Tests.Episodes;
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

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task ResumedEpisode_ClockIsSet_IsOfferedAgainAfterItsSpan(int hours)
    {
        var time = new SettableTime();
        var ground = new Ground { HasPump = false, Time = time, Options = options => options.QueueShards = 1, Policies = new TestPolicies(_ => TinyWorld.NewsCall()) };
        ground.Tools.Reply = (_, _) => Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate() with { MaxTasks = 1 }));
        await house.Task(0).RunAsync();
        await house.EndedAsync();
        var queue = house.Grain<IRolloutQueueGrain>("0");
        await queue.CompleteAsync(new EpisodeId("run", 0));

        Assert.Single((await house.Run().ResumeAsync(0)).Ordinals);
        await OfferedAsync();
        await queue.CompleteAsync(new EpisodeId("run", 0)); // by an activation that is only now clearing up
        time.Jump(TimeSpan.FromHours(hours));
        time.Advance(TimeSpan.FromSeconds(5));

        await OfferedAsync();

        Task OfferedAsync() => ground.Store.WhenAsync<QueueState>("rollout-queue", "0", state => state.Runs.Count == 1);
    }
}
