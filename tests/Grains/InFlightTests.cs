using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Tests.Grains.Tools;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>How many episodes of a long queue a silo has begun and not ended.</summary>
[Trait("Kind", "Simulation")]
public sealed class InFlightTests
{
    private const int Tasks = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _begun = [];
    private long _ended;
    private long _most;

    [Fact]
    public async Task Episodes_OfALongQueue_AreNeverMoreThanTheSiloTakes()
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ground = Watched(new Ground
        {
            Live = new LiveGround(),
            Options = options => (options.MaxEpisodes, options.MaxWaiting) = (4, 0),
            Policies = new TestPolicies(Decide) { Before = () => full.Task },
        });
        await using var house = await House.StartAsync(ground);
        await QueueAsync(house);

        await UntilAsync(house, slots => (slots.Held, slots.Free) == (4, 0));
        full.SetResult();
        await house.DoneAsync(Tasks);

        Assert.Equal((Tasks, 4L * house.Silos.Count), (_begun.Count, _most));
    }

    [Fact]
    public async Task Episodes_WhoseToolsHang_AreNoMoreThanHoldASlotOrMayWait()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ground = Watched(new Ground
        {
            Live = new LiveGround { Options = tools => (tools.SlotHold, tools.Api.MaxConcurrent) = (TimeSpan.FromMilliseconds(1), 0) },
            Options = options => (options.MaxEpisodes, options.MaxWaiting) = (2, 3),
            Policies = new TestPolicies(Decide),
        });
        ground.Live!.Caller.Reply = async (number, _, _) =>
        {
            await answered.Task;
            return ground.Live.Caller.Ok(number);
        };
        await using var house = await House.StartAsync(ground);
        await QueueAsync(house);

        await UntilAsync(house, slots => (slots.Held, slots.Episodes.Count()) == (2, 5) && Most() >= 5L * house.Silos.Count);
        answered.SetResult();
        await house.DoneAsync(Tasks);

        Assert.Equal((Tasks, 5L * house.Silos.Count), (_begun.Count, _most));
    }

    // One call, then the end.
    private AgentAction Decide(Situation situation)
    {
        if (!situation.Steps.IsEmpty)
        {
            return new Finish();
        }

        lock (_gate)
        {
            _begun.Add(situation.Task.Id);
            _most = Math.Max(_most, _begun.Count - _ended);
        }

        return new CallApi(new ToolCall(LiveGround.Daily, $$"""{"city":"{{situation.Task.Id}}"}"""));
    }

    private long Most()
    {
        lock (_gate)
        {
            return _most;
        }
    }

    private Ground Watched(Ground ground)
    {
        ground.Store.Stored = (_, _, stored) =>
        {
            lock (_gate)
            {
                _ended = (stored as RunState)?.Completed.Count ?? _ended;
            }
        };
        return ground;
    }

    private static async Task QueueAsync(House house)
    {
        await house.Run().StartAsync(Plans.Serving() with { Tools = ToolMode.Live });
        await house.Run().AddTasksAsync(new TaskBatch("tasks", [.. Enumerable.Range(0, Tasks).Select(index => new AgentTask
        {
            Id = $"Rome {index}",
            Query = "How is the weather?",
            Offered = [LiveGround.Daily],
            MaxTurns = 3,
        })]));
    }

    /// <summary>Waits until it is so on each silo.</summary>
    private static async Task UntilAsync(House house, Func<EpisodeSlots, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!house.Silos.All(silo => condition(silo.GetRequiredService<EpisodeSlots>())))
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
