using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Contracts;
using StepTool.Silo.Hosting;

namespace StepTool.Bench.Live;

/// <summary>One API of ten hangs: tasks a second of those that do not use it, beside the same while it answers.</summary>
internal static class HungSuite
{
    private const int Apis = 10;
    private const int Turns = 5;
    private const int Tasks = 1000;
    private const int MaxEpisodes = 16;
    private const double Least = 0.9;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(50);

    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var rounds = options.Number("rounds", 3);
        await OthersPerSecondAsync(hangs: false, tasks: Tasks / 5); // warms up
        var (healthy, hung) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            healthy[round] = await OthersPerSecondAsync(hangs: false, Tasks);
            hung[round] = await OthersPerSecondAsync(hangs: true, Tasks);
        }

        var ratio = Figure.Of("the second by the first", hung.Zip(healthy, (one, other) => one / other), "> 0.90");
        return new Measured(
            [
                Figure.Of("tasks/s of those that do not use it, it answers", healthy),
                Figure.Of("tasks/s of those that do not use it, it hangs", hung),
                ratio,
            ],
            Violations: ratio.Value > Least ? [] : [$"An API that hangs took {1 - ratio.Value:P0} from tasks that do not use it."]);
    }

    private static async Task<double> OthersPerSecondAsync(bool hangs, int tasks)
    {
        var (left, done) = (tasks - (tasks / Apis), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var others = left;
        var live = new LiveBench(Apis, Latency)
        {
            Hung = hangs ? LiveBench.Api(0) : null,
            Finished = task =>
            {
                if (!task.EndsWith("-0", StringComparison.Ordinal) && Interlocked.Decrement(ref left) == 0)
                {
                    done.TrySetResult();
                }
            },
        };
        await using var silo = await BenchSilo.StartAsync(live, live, StorageKind.Memory, MaxEpisodes, services => services.AddSingleton<ILiveCaller>(live));
        var run = silo.Client.GetGrain<IRunGrain>("hung");
        await run.StartAsync(new RunPlan { Run = "hung", World = "bench", Tools = ToolMode.Live, Serves = PolicyReference.Parse("floor:random") });
        var started = Stopwatch.GetTimestamp();
        await run.AddTasksAsync(new TaskBatch("tasks", [.. Enumerable.Range(0, tasks).Select(index => new AgentTask
        {
            Id = $"task-{index}-{index % Apis}",
            Query = "Do nothing.",
            Offered = [LiveBench.Api(index % Apis)],
            MaxTurns = Turns,
        })]));
        await done.Task;
        return others / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
