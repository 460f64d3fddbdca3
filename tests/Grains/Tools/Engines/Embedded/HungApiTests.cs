using System.Collections.Concurrent;
using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Grains.Contracts;
using StepTool.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Grains.Tools.Engines.Embedded;

/// <summary>Tests that have the process to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>One API of ten hangs; the tasks that do not use it go on as if it did not.</summary>
[Collection(Alone.Name)]
[Trait("Kind", "Simulation")]
public sealed class HungApiTests(ITestOutputHelper output)
{
    private const int Apis = 10;
    private const int Tasks = 600;
    private const int Counted = 480; // of 540 that do not use it: the last ones wait for nobody
    private const int CallsPerTask = 3;
    private const int Slots = 8;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);
    private static readonly IWorld World = CatalogueWorld.Load(CatalogueWriter.Pack(Enumerable.Range(0, Apis).Select(index =>
        LiveGround.Define(Api(index), "GET", new HttpBinding("GET", LiveGround.Host, $"/{index}")))));

    [Fact]
    public async Task HungApi_DelaysNoTaskThatDoesNotUseIt()
    {
        var healthy = await MeasureAsync(hangs: false);
        var hung = await MeasureAsync(hangs: true);
        output.WriteLine($"Tasks a second that do not use the API: {healthy:F2} while it answers, {hung:F2} while it hangs.");
        Assert.InRange(hung / healthy, 0.9, 1.2);
    }

    [Fact]
    public async Task HungApi_WouldIfItsCallsKeptTheirSlots()
    {
        var longest = TimeSpan.FromSeconds(25);
        var healthy = await MeasureAsync(hangs: false, longest);
        var hung = await MeasureAsync(hangs: true, longest);
        output.WriteLine($"Tasks a second that do not use the API, slots kept: {healthy:F2} while it answers, {hung:F2} while it hangs.");
        Assert.InRange(hung / healthy, 0, 0.85);
    }

    // On the threads that the simulation watches.
    private static Task<double> MeasureAsync(bool hangs, TimeSpan? slotHold = null) => Task.Run(() => OthersPerSecondAsync(hangs, slotHold));

    /// <summary>Tasks a second, by the clock, of those that do not use the first API.</summary>
    private static async Task<double> OthersPerSecondAsync(bool hangs, TimeSpan? slotHold)
    {
        var clock = new ManualClock();
        var live = new LiveGround(clock) { World = World, Options = options => options.SlotHold = slotHold ?? options.SlotHold };
        live.Caller.Reply = async (number, call, cancellationToken) =>
        {
            await Task.Delay(hangs && call.Api == Api(0) ? Timeout.InfiniteTimeSpan : Latency, clock, cancellationToken);
            return live.Caller.Ok(number);
        };
        var ended = new ConcurrentQueue<DateTimeOffset>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ground = new Ground
        {
            Time = clock,
            Live = live,
            Options = options => options.MaxEpisodes = Slots,
            Policies = new TestPolicies(situation =>
            {
                if (situation.Steps.Length < CallsPerTask)
                {
                    return new CallApi(new ToolCall(situation.Apis[0].Key, $$"""{"city":"{{situation.Task.Id}} {{situation.Steps.Length}}"}"""));
                }

                if (situation.Apis[0].Key != Api(0))
                {
                    ended.Enqueue(clock.GetUtcNow());
                    if (ended.Count == Counted)
                    {
                        all.TrySetResult();
                    }
                }

                return new Finish();
            }),
        };
        using var time = await SimulatedTime.StartAsync(clock);
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving() with { Tools = ToolMode.Live });
        var began = clock.GetUtcNow();
        await house.Run().AddTasksAsync(new TaskBatch("tasks", [.. Enumerable.Range(0, Tasks).Select(index => new AgentTask
        {
            Id = $"task-{index}",
            Query = "How is the weather?",
            Offered = [Api(index % Apis)],
            MaxTurns = CallsPerTask + 1,
        })]));
        await all.Task.WaitAsync(TimeSpan.FromMinutes(3));
        return Counted / (ended.Order().ElementAt(Counted - 1) - began).TotalSeconds;
    }

    private static ApiKey Api(int index) => new("weather", "sky", $"daily_{index}");
}
