using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;
using StepTool.Grains.Tasks;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class EpisodeSlotsTests
{
    private readonly EpisodeSlots _slots = new(Options.Create(new GrainsOptions { MaxEpisodes = 2, MaxWaiting = 1 }), new SiloName("silo"));

    [Fact]
    public void Enter_SameEpisodeTwice_TakesOneSlot()
    {
        _slots.Enter(new EpisodeId("run", 1));
        _slots.Enter(new EpisodeId("run", 1));
        Assert.Equal((1, 1), (_slots.Held, _slots.Free));
    }

    [Fact]
    public void Enter_MoreThanThereAre_LeavesNoneFree()
    {
        Enumerable.Range(0, 3).ToList().ForEach(ordinal => _slots.Enter(new EpisodeId("run", ordinal)));
        Assert.Equal((3, 0), (_slots.Held, _slots.Free));
    }

    [Fact]
    public void Exit_OfAHeldOne_Announces()
    {
        _slots.Enter(new EpisodeId("run", 1));
        var changed = _slots.Changed;
        _slots.Exit(new EpisodeId("run", 2));
        Assert.False(changed.IsCompleted);
        _slots.Exit(new EpisodeId("run", 1));
        Assert.True(changed.IsCompleted);
        Assert.False(_slots.Changed.IsCompleted);
    }

    [Fact]
    public void Spare_AsManyAsMayWait_GivesTheirSlotsAwayUntilTheyResume()
    {
        var (first, second) = (new EpisodeId("run", 1), new EpisodeId("run", 2));
        _slots.Enter(first);
        _slots.Enter(second);
        Assert.True(_slots.Spare(first));
        Assert.False(_slots.Spare(second));
        _slots.Enter(first); // offered again
        Assert.Equal((1, 1), (_slots.Held, _slots.Free));
        Assert.Equal([first, second], _slots.Episodes.OrderBy(episode => episode.Ordinal));

        _slots.Resume(first);
        Assert.Equal((2, 0), (_slots.Held, _slots.Free));
        Assert.True(_slots.Spare(second));
        _slots.Exit(second);
        _slots.Resume(second);
        Assert.Equal([first], _slots.Episodes);
    }

    [Fact]
    public void Shards_OfNeighbours_AreOneAndAllAreUsed()
    {
        Assert.All(Enumerable.Range(0, 320), ordinal =>
            Assert.Equal(QueueShards.Of(new EpisodeId("run", ordinal / QueueShards.Block * QueueShards.Block), 8), QueueShards.Of(new EpisodeId("run", ordinal), 8)));
        Assert.Equal(8, Enumerable.Range(0, 200).Select(block => QueueShards.Of(new EpisodeId("run", block * QueueShards.Block), 8)).Distinct().Count());
    }

    [Fact]
    public void RetryBudget_Failures_DoubleUpToABoundAndAreForgotten()
    {
        var budget = new RetryBudget();
        Assert.Equal([50.0, 100, 200, 400, 800], Enumerable.Range(0, 5).Select(_ => budget.Next().TotalMilliseconds));
        Assert.Equal(30.0, Enumerable.Range(0, 30).Select(_ => budget.Next().TotalSeconds).ToArray()[^1]);
        budget.Reset();
        Assert.Equal(50.0, budget.Next().TotalMilliseconds);
    }

    [Theory]
    [InlineData(FaultBoundary.Tool, 5)]
    [InlineData(FaultBoundary.Policy, 5)]
    [InlineData(FaultBoundary.Judge, 2)]
    [InlineData(FaultBoundary.Storage, int.MaxValue)] // it comes back
    public void RetryBudget_EachBoundary_IsCountedForItself(FaultBoundary boundary, int most)
    {
        var budget = new RetryBudget();
        foreach (var other in Enum.GetValues<FaultBoundary>().Where(other => other != boundary).SelectMany(other => Enumerable.Repeat(other, 20)))
        {
            budget.IsSpentBy(other);
            budget.Next();
        }

        Assert.Equal(Enumerable.Range(1, 8).Select(times => times > most), Enumerable.Range(1, 8).Select(_ => budget.IsSpentBy(boundary)));
        budget.Reset();
        Assert.False(budget.IsSpentBy(boundary));
    }
}
