using System.Diagnostics;
using StepTool.Bench.Fleet;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;

namespace StepTool.Bench.Crashes;

/// <summary>A silo with thousands of episodes in flight is killed and started again: how long until the first goes on, and until all have.</summary>
internal static class RestartSuite
{
    private const int PerRun = 2000;
    private const int PerShard = 256;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var (open, rounds) = (options.Number("open", 10_000), options.Number("rounds", 5));
        var runs = (open + PerRun - 1) / PerRun;
        var shards = (open / PerShard) + 1;
        var work = new FleetWork { Tasks = open / runs, Turns = 1000, ToolMilliseconds = options.Number("tool-ms", 5000) };
        var ground = CrashGround.Sqlite();
        await using var fleet = new SiloFleet(work, open, hasPrimary: false, options, [.. ground.Settings, $"--StepTool:Episodes:QueueShards={shards}"]);
        var first = fleet.Add();
        await using (var connection = await first.ConnectAsync())
        {
            for (var run = 0; run < runs; run++)
            {
                await StartAsync(connection, $"open-{run}");
            }
        }

        await UntilAsync(first, 2 * open); // each has a step that is stored
        List<(double Ready, double First, double All)> measured = [];
        for (var round = 0; round < rounds; round++)
        {
            var before = fleet.Silos[^1];
            before.Kill();
            await before.Ended;
            var started = Stopwatch.GetTimestamp();
            var silo = fleet.Add();
            await silo.UrlAsync();
            var ready = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await UntilAsync(silo, open);
            measured.Add((ready, Stopwatch.GetElapsedTime(started, silo.FirstStep).TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds));
        }

        return new Measured(
        [
            new("open episodes", open),
            Figure.Of("seconds from the start of the process to its readiness", measured.Select(round => round.Ready)),
            Figure.Of("seconds from the start of the process to the first resumed step", measured.Select(round => round.First)),
            Figure.Of("seconds from the start of the process until as many steps were made as episodes are open", measured.Select(round => round.All)),
        ]);
    }

    private static Task<RunStatus> StartAsync(Connection connection, string run) => connection.Run(run).StartAsync(new RunPlan
    {
        Run = run,
        World = "bench",
        Stages = [new EvaluateStage { Name = run, Policy = PolicyReference.Parse("floor:random"), Split = Split.Test }],
    });

    private static async Task UntilAsync(SiloProcess silo, long steps)
    {
        var started = Stopwatch.GetTimestamp();
        while (silo.Steps < steps)
        {
            if (silo.HasExited || Stopwatch.GetElapsedTime(started) > Longest)
            {
                throw new InvalidOperationException($"{silo.Name} has made {silo.Steps} steps of {steps}: {silo.Said}");
            }

            await Task.Delay(LookEvery);
        }
    }
}
