using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Bench.Engines;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;

namespace StepTool.Bench.Fleet;

/// <summary>
/// Throughput of fleets of growing size, each started afresh, with tools that take their time: a silo's own limit is its episodes in flight, so a cluster
/// that scales does as many times more as it has silos, until the machine has no processor time left.
/// </summary>
internal static class Scaling
{
    private const string Run = "scaling";
    private const string Goal = "> 0.90";

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var (episodes, warmUp, seconds) = (options.Number("episodes", 16), options.Number("warm-up", 45), options.Number("seconds", 20));
        var work = new FleetWork { ToolMilliseconds = options.Number("tool-ms", 50) };
        var figures = ImmutableArray.CreateBuilder<Figure>();
        Sample? one = null;
        foreach (var silos in options.Text("silos", BenchEngine.FleetSizes).Split(',').Select(int.Parse))
        {
            var sample = await MeasureAsync(options, work, silos, episodes, TimeSpan.FromSeconds(warmUp), TimeSpan.FromSeconds(seconds));
            one ??= sample with { StepsPerSecond = sample.StepsPerSecond / silos };
            figures.Add(new($"steps per second, {silos} silo(s)", sample.StepsPerSecond));
            figures.Add(new($"episodes per second, {silos} silo(s)", sample.EpisodesPerSecond));
            figures.Add(new($"milliseconds a step beyond its tool, {silos} silo(s)", sample.OverheadMilliseconds(work, silos * episodes)));
            figures.Add(new($"share of the machine's processors, {silos} silo(s)", sample.ProcessorShare));
            if (silos > 1)
            {
                figures.Add(new($"throughput over {silos} times that of one silo", sample.StepsPerSecond / (silos * one.StepsPerSecond), Goal));
            }
        }

        return figures.ToImmutable();
    }

    private static async Task<Sample> MeasureAsync(BenchOptions options, FleetWork work, int silos, int episodes, TimeSpan warmUp, TimeSpan duration)
    {
        await using var fleet = new SiloFleet(work, episodes, hasPrimary: true, options, "--StepTool:Storage=memory");
        await using var connection = await fleet.Add().ConnectAsync();
        await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => fleet.Add().UrlAsync()));
        var stage = new EvaluateStage { Name = Run, Policy = PolicyReference.Parse("floor:random"), Split = Split.Test };
        await connection.Run(Run).StartAsync(new RunPlan { Run = Run, World = "bench", Stages = [stage] });
        await Task.Delay(warmUp);
        var before = await CountAsync(fleet, connection);
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        var after = await CountAsync(fleet, connection);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Sample(
            (after.Steps - before.Steps) / seconds,
            (after.Episodes - before.Episodes) / seconds,
            (after.Processor - before.Processor).TotalSeconds / seconds / Environment.ProcessorCount);
    }

    private static async Task<Count> CountAsync(SiloFleet fleet, Connection connection)
    {
        var status = await connection.Run(Run).StatusAsync();
        if (status.Phase != RunPhase.Running || status.Stages is [{ Faults: > 0 }, ..])
        {
            throw new InvalidOperationException($"The run is {status.Phase} with {status.Stages.Sum(stage => stage.Faults)} faults, while it should run without any: {status.Failure}");
        }

        var processor = fleet.Silos.Aggregate(Process.GetCurrentProcess().TotalProcessorTime, (sum, silo) => sum + silo.ProcessorTime);
        return new Count(fleet.Steps, status.Stages.IsEmpty ? 0 : status.Stages[0].Done, processor);
    }

    private sealed record Count(long Steps, long Episodes, TimeSpan Processor);

    private sealed record Sample(double StepsPerSecond, double EpisodesPerSecond, double ProcessorShare)
    {
        // The last step of an episode calls no tool.
        internal double OverheadMilliseconds(FleetWork work, int inFlight) =>
            (inFlight / StepsPerSecond * 1000) - ((double)work.ToolMilliseconds * (work.Turns - 1) / work.Turns);
    }
}
