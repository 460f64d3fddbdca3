using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Runs with more outcomes than their record holds.</summary>
[Trait("Kind", "Simulation")]
public sealed class LongRunTests
{
    [Fact]
    public async Task Run_MoreOutcomesThanASegment_AreAllThereInPages()
    {
        var ground = new Ground(new TinyWorld(train: 0, test: 300, maxTurns: 2));
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Of(Plans.Evaluate("floor:bm25@1")));
        Assert.Equal(Enumerable.Range(0, 300).Select(ordinal => (long)ordinal), (await house.OutcomesAsync()).Select(outcome => outcome.Ordinal));
        Assert.Empty((await house.Run().OutcomesAsync(300)).Outcomes);
    }

    [Fact]
    public async Task Run_WhoseRecordHasVeryManySegments_PutsThemBehindAnIndexAndLosesNone()
    {
        var ground = new Ground(new TinyWorld(train: 0, test: 201, maxTurns: 2));
        await using (var first = await House.StartAsync(ground))
        {
            await first.Run().StartAsync(Plans.Serving());
            await first.Run().AddTasksAsync(new TaskBatch("first", [.. ground.World.Tasks.Take(200)]));
            await first.DoneAsync(200);
        }

        ground.Store.Change<RunState>("run", "run", state => state with { Segments = [.. Enumerable.Repeat(state.Segments[0], OutcomeLog.IndexSize + 2)] }); // as before there were indices
        await using (var second = await House.StartAsync(ground))
        {
            await second.Run().AddTasksAsync(new TaskBatch("last", [ground.World.Tasks[200]]));
            await second.DoneAsync(201);
            second.Crash();
        }

        await using var third = await House.StartAsync(ground);
        var outcomes = await third.OutcomesAsync();
        var state = ground.Store.Read<RunState>("run", "run")!;
        Assert.Equal((1, 2, 73), (state.Indices.Length, state.Segments.Length, state.Tail.Length)); // of which no segment became full
        Assert.Equal(((OutcomeLog.IndexSize + 2) * OutcomeLog.SegmentSize) + 73, outcomes.Length);
        Assert.Equal(200, outcomes[^1].Ordinal);
    }
}
