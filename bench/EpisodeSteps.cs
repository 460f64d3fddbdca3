using System.Diagnostics;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Silo.Hosting;

namespace StepTool.Bench;

/// <summary>Steps per second of whole episodes through queue, task, tool, storage and run, with a tool that does nothing.</summary>
internal static class EpisodeSteps
{
    private const int Turns = 11;
    private const int MaxEpisodes = 64;

    /// <summary>Steps per second; a first run warms up, the second is measured.</summary>
    /// <param name="storage">Where state is kept.</param>
    /// <param name="tasks">Episodes, each of <see cref="Turns"/> steps.</param>
    /// <param name="configure">What else the silo is told.</param>
    internal static async Task<double> RunAsync(StorageKind storage, int tasks, Action<SiloOptions> configure)
    {
        var world = new BenchWorld(tasks, Turns);
        world.Open.SetResult();
        await using var silo = await BenchSilo.StartAsync(world, storage, MaxEpisodes, configure);
        await RunOnceAsync(silo.Client, "warm-up");
        var started = Stopwatch.GetTimestamp();
        await RunOnceAsync(silo.Client, "measured");
        return tasks * Turns / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task RunOnceAsync(IClusterClient client, string name)
    {
        var run = client.GetGrain<IRunGrain>(name);
        var stage = new EvaluateStage { Name = name, Policy = PolicyReference.Parse("floor:random"), Split = Split.Test };
        var status = await run.StartAsync(new RunPlan { Run = name, World = "bench", Stages = [stage] });
        while (status.Phase == RunPhase.Running)
        {
            await Task.Delay(20);
            status = await run.StatusAsync();
        }

        if (status.Phase != RunPhase.Completed || status.Stages[0].Faults > 0)
        {
            throw new InvalidOperationException($"The run ended as {status.Phase} with {status.Stages[0].Faults} faults: {status.Failure}");
        }
    }
}
