using System.Collections.Immutable;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Grains.Contracts;
using StepTool.Silo.Hosting;

namespace StepTool.Bench;

/// <summary>Memory of tasks that wait: the managed heap after a full collection, with the tasks queued and without.</summary>
internal static class QueuedTasks
{
    private const int BatchSize = 1000;

    /// <summary>Measures with <c>--tasks</c> of them, with 64 episodes in flight that are held at their first decision.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var count = options.Number("tasks", 100_000);
        var world = new BenchWorld(1, 4);
        await using var silo = await BenchSilo.StartAsync(world, StorageKind.Sqlite, maxEpisodes: 64);
        var run = silo.Client.GetGrain<IRunGrain>("queue");
        await run.StartAsync(new RunPlan { Run = "queue", World = "bench", Serves = PolicyReference.Parse("floor:random") });
        await AddAsync(run, 0, BatchSize, world.Tasks[0]);
        var before = Settled();
        for (var first = BatchSize; first < count + BatchSize; first += BatchSize)
        {
            await AddAsync(run, first, BatchSize, world.Tasks[0]);
        }

        var bytes = (double)(Settled() - before) / count;
        var waiting = (await run.StatusAsync()).Stages[0];
        world.Open.SetResult();
        return new Measured([new("tasks queued", waiting.Total - BatchSize), new("bytes of managed heap a queued task", bytes, "< 3,072")]);
    }

    private static async Task AddAsync(IRunGrain run, int first, int count, AgentTask task)
    {
        var tasks = Enumerable.Range(first, count).Select(index => task with { Id = $"queued-{index}", Query = $"Task {index}: what is the weather in the city of the day?" });
        await run.AddTasksAsync(new TaskBatch($"batch-{first}", tasks.ToImmutableArray()));
    }

    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
