using System.Collections.Immutable;
using System.Globalization;
using StepTool.Bench.Crashes;
using StepTool.Bench.Fleet;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Grains.Contracts;

namespace StepTool.Bench;

/// <summary>Memory of a silo's process while tasks wait in it: those of the generated world over and over, played with tools that take a second each.</summary>
internal static class SiloMemory
{
    private const int BatchSize = 1000;
    private const string Run = "queue";
    private const string World = "built-in:1";
    private const double Mebibyte = 1 << 20;
    private static readonly TimeSpan ToolLatency = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <summary>Measures with <c>--tasks</c> of them.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var count = options.Number("tasks", 100_000);
        await using var counter = await CallCounter.StartAsync(ToolLatency);
        var ground = CrashGround.Sqlite();
        await using var fleet = new SiloFleet(new FleetWork { Counter = counter.Url }, episodes: 48, hasPrimary: false, options, ground.Settings);
        var silo = fleet.Add();
        await using (var connection = await silo.ConnectAsync())
        {
            await QueueAsync(connection, count);
        }

        await Task.Delay(Settling);
        var (queued, peak) = (silo.Memory, silo.PeakMemory);
        silo.Kill();
        await silo.Ended;
        var again = fleet.Add();
        long left;
        await using (var connection = await again.ConnectAsync())
        {
            await Task.Delay(Settling);
            var stage = (await connection.Run(Run).StatusAsync()).Stages[0];
            left = stage.Total - stage.Done;
        }

        return new Measured(
        [
            new("tasks queued", count),
            new("MiB of the silo's process, resident, when all were queued", queued / Mebibyte, "< 400"),
            new("MiB of the silo's process, its peak until then", peak / Mebibyte, "< 400"),
            new("tasks that had not ended after a kill and a restart", left),
            new("MiB of the new process, its peak", again.PeakMemory / Mebibyte, "< 400"),
        ]);
    }

    // As the console does.
    private static async Task QueueAsync(Connection connection, int count)
    {
        var world = await connection.Worlds.GetAsync(World, default);
        await connection.Run(Run).StartAsync(new RunPlan { Run = Run, World = World, Serves = PolicyReference.Parse("floor:tool-bm25@5") });
        for (var first = 0; first < count; first += BatchSize)
        {
            ImmutableArray<AgentTask> tasks =
                [.. Enumerable.Range(first, Math.Min(BatchSize, count - first)).Select(index => world.Tasks[index % world.Tasks.Length] with { Id = string.Create(CultureInfo.InvariantCulture, $"queued-{index}") })];
            await connection.Run(Run).AddTasksAsync(new TaskBatch(string.Create(CultureInfo.InvariantCulture, $"batch-{first}"), tasks));
        }
    }
}
