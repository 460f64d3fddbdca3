using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class RolloutQueueTests : IAsyncLifetime
{
    private readonly SettableTime _time = new();
    private readonly TestSilos _silos = new();
    private Ground _ground = null!;
    private House _house = null!;

    private IRolloutQueueGrain Queue => _house.Grain<IRolloutQueueGrain>("0");

    public async Task InitializeAsync()
    {
        _ground = new Ground { HasPump = false, Time = _time, Silos = _silos };
        _house = await House.StartAsync(_ground);
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Enqueue_MoreThanCapacity_TakesWhatFits()
    {
        Assert.Equal(500, await Queue.EnqueueAsync(Rollouts(0, 500)));
        Assert.Equal(12, await Queue.EnqueueAsync(Rollouts(500, 100)));
        Assert.Equal(0, await Queue.EnqueueAsync(Rollouts(600, 1)));
        Assert.Equal(new QueueDepth(IRolloutQueueGrain.Capacity, 0), await Queue.DepthAsync());
        await Queue.CompleteAsync(Rollouts(3, 1)[0]);
        Assert.Equal(1, await Queue.EnqueueAsync(Rollouts(600, 2)));
    }

    [Fact]
    public async Task Enqueue_Twice_HoldsEachOnce()
    {
        Assert.Equal(3, await Queue.EnqueueAsync(Rollouts(0, 3)));
        Assert.Equal(4, await Queue.EnqueueAsync(Rollouts(0, 4)));
        Assert.Equal(Rollouts(0, 4).ToArray(), await TakeAsync("silo", 10));
    }

    [Fact]
    public async Task Take_InOrder_LeasesEachOnce()
    {
        await Queue.EnqueueAsync(Rollouts(0, 5));
        Assert.Equal(Rollouts(0, 2).ToArray(), await TakeAsync("one", 2));
        Assert.Equal(Rollouts(2, 3).ToArray(), await TakeAsync("other", 10));
        Assert.Empty(await Queue.TakeAsync("one", 10));
        Assert.Equal(new QueueDepth(0, 5), await Queue.DepthAsync());
    }

    [Fact]
    public async Task Lease_NotRenewed_EndsByTime()
    {
        await Queue.EnqueueAsync(Rollouts(0, 2));
        await Queue.TakeAsync("one", 2);
        _time.Advance(TimeSpan.FromSeconds(40));
        await Queue.RenewAsync("one", Rollouts(0, 1));
        Assert.Empty(await Queue.TakeAsync("other", 2));
        _time.Advance(TimeSpan.FromSeconds(30)); // 70 s after the take, 30 s after the renewal
        Assert.Equal(Rollouts(1, 1).ToArray(), await TakeAsync("other", 2));
    }

    [Fact]
    public async Task Renew_ByASiloThatLostTheLease_LeavesItWithTheOther()
    {
        await Queue.EnqueueAsync(Rollouts(0, 1));
        await Queue.TakeAsync("one", 1);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Queue.TakeAsync("other", 1);
        _time.Advance(TimeSpan.FromSeconds(40));
        await Queue.RenewAsync("one", Rollouts(0, 1));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(Rollouts(0, 1).ToArray(), await TakeAsync("third", 1));
    }

    [Fact]
    public async Task Release_GivesToTheNext()
    {
        await Queue.EnqueueAsync(Rollouts(0, 1));
        await Queue.TakeAsync("one", 1);
        await Queue.ReleaseAsync("other", Rollouts(0, 1)[0]);
        Assert.Empty(await TakeAsync("other", 1));
        await Queue.ReleaseAsync("one", Rollouts(0, 1)[0]);
        Assert.Equal(Rollouts(0, 1).ToArray(), await TakeAsync("other", 1));
    }

    [Fact]
    public async Task Release_ToAnHeir_IsItsLease()
    {
        await Queue.EnqueueAsync(Rollouts(0, 1));
        await Queue.TakeAsync("one", 1);
        await Queue.ReleaseAsync("one", Rollouts(0, 1)[0], "heir");
        Assert.Empty(await TakeAsync("other", 1));
        _silos.Left.Add("heir");
        _silos.Version++;
        Assert.Equal(Rollouts(0, 1).ToArray(), await TakeAsync("other", 1));
    }

    [Fact]
    public async Task Lease_OfASiloThatHasLeft_EndsAtOnce()
    {
        await Queue.EnqueueAsync(Rollouts(0, 3));
        await Queue.TakeAsync("one", 2);
        await Queue.TakeAsync("third", 1);
        _silos.Left.Add("one");
        _silos.Version++;
        Assert.Equal(Rollouts(0, 2).ToArray(), await TakeAsync("other", 5));
        Assert.Equal(new QueueDepth(0, 3), await Queue.DepthAsync());
    }

    [Fact]
    public async Task Silo_ThatHasLeft_TakesAndRenewsAndInheritsNothing()
    {
        await Queue.EnqueueAsync(Rollouts(0, 2));
        _silos.Left.Add("gone");
        Assert.Empty(await TakeAsync("gone", 2));
        await Queue.RenewAsync("gone", Rollouts(0, 1));
        Assert.Equal(Rollouts(0, 2).ToArray(), await TakeAsync("one", 2));
        await Queue.ReleaseAsync("one", Rollouts(0, 1)[0], "gone");
        Assert.Equal(Rollouts(0, 1).ToArray(), await TakeAsync("other", 2));
    }

    [Theory]
    [InlineData(1, 100, 10)]
    [InlineData(3, 100, 4)]
    [InlineData(3, 2, 2)]
    [InlineData(20, 100, 1)]
    public async Task Take_AmongSeveralSilos_LeavesTheOthersTheirShare(int members, int asked, int given)
    {
        await Queue.EnqueueAsync(Rollouts(0, 10));
        _silos.Members = [.. Enumerable.Range(0, members).Select(silo => $"silo {silo}")];
        Assert.Equal(given, (await TakeAsync("one", asked)).Length);
    }

    [Fact]
    public async Task Complete_IsForGood()
    {
        await Queue.EnqueueAsync(Rollouts(0, 2));
        await Queue.TakeAsync("one", 1);
        await Queue.CompleteAsync(Rollouts(0, 1)[0]);
        await Queue.CompleteAsync(Rollouts(0, 1)[0]);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Rollouts(1, 1).ToArray(), await TakeAsync("other", 5));
    }

    [Fact]
    public async Task Reactivated_OffersAgainWhatIsIncomplete()
    {
        await Queue.EnqueueAsync(Rollouts(0, 3));
        await Queue.TakeAsync("one", 3);
        await Queue.CompleteAsync(Rollouts(1, 1)[0]);
        await _house.DeactivateAsync(Queue);
        Assert.Equal([0L, 2], (await Queue.TakeAsync("other", 5)).Select(rollout => rollout.Ordinal));
    }

    [Fact]
    public async Task Renew_AfterReactivation_TakesUpTheLeaseAgain()
    {
        await Queue.EnqueueAsync(Rollouts(0, 1));
        await Queue.TakeAsync("one", 1);
        await _house.DeactivateAsync(Queue);
        await Queue.RenewAsync("one", Rollouts(0, 1));
        Assert.Empty(await Queue.TakeAsync("other", 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enqueue_AgainAfterAFailedWrite_ReturnsOnlyWhenStored(bool failsAfterStoring)
    {
        var left = 1;
        _ground.Store.FailsAfterStoring = failsAfterStoring;
        _ground.Store.Fails = (state, _, _) => state == "rollout-queue" && left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Queue.EnqueueAsync(Rollouts(0, 2)));
        await RetriedAsync(() => Queue.EnqueueAsync(Rollouts(0, 2)));
        Assert.Equal([0L, 1], _ground.Store.Read<QueueState>("rollout-queue", "0")!.Runs["run"].Ordinals());
    }

    [Fact]
    public async Task Complete_AgainAfterAFailedWrite_ReturnsOnlyWhenStored()
    {
        await Queue.EnqueueAsync(Rollouts(0, 2));
        var left = 1;
        _ground.Store.Fails = (state, _, _) => state == "rollout-queue" && left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Queue.CompleteAsync(Rollouts(0, 1)[0]));
        await Queue.CompleteAsync(Rollouts(0, 1)[0]);
        Assert.Equal([1L], _ground.Store.Read<QueueState>("rollout-queue", "0")!.Runs["run"].Ordinals());
    }

    private async Task<EpisodeId[]> TakeAsync(string silo, int count) => [.. await Queue.TakeAsync(silo, count)];

    // A lost race ends the activation; the caller tries again, as the run does.
    private static async Task RetriedAsync(Func<Task> command)
    {
        try
        {
            await command();
        }
        catch (Orleans.Storage.InconsistentStateException)
        {
            await command();
        }
    }

    private static ImmutableArray<EpisodeId> Rollouts(int from, int count) => [.. Enumerable.Range(from, count).Select(ordinal => new EpisodeId("run", ordinal))];
}
