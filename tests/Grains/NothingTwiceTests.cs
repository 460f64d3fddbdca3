using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Silos die and writes fail in the middle of something: no call that changes something is made twice, and none of them is said to be of unknown outcome without need.</summary>
[Trait("Kind", "Simulation")]
public sealed class NothingTwiceTests
{
    private const string OrderCall = "run/0#1";

    /// <summary>The write of an intent fails for its writer and is stored all the same.</summary>
    [Fact]
    public async Task Write_OfTheIntentFailsAfterStoring_IsNotOfUnknownOutcome()
    {
        var ground = Ordering();
        var left = 1;
        ground.Store.FailsAfterStoring = true;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode.Pending: not null } && left-- > 0;
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        var outcome = Assert.Single(await house.OutcomesAsync());
        var sent = ground.Tools.Sent.GetValueOrDefault(OrderCall);
        Assert.True(outcome.Status is EpisodeStatus.Finished && sent == 1, $"{outcome.Status}, {(await house.TrajectoryAsync(outcome)).Fault}; sent {sent} times");
    }

    /// <summary>A silo is told to leave while a mutating call is under way; the first write of its result fails.</summary>
    [Fact]
    public async Task Leave_FirstWriteOfTheResultFails_KeepsTheAnswer()
    {
        var ground = Ordering();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        var left = 1;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode: { Steps.Length: 2, Pending: null } } && left-- > 0;
        var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        foreach (var silo in first.Silos)
        {
            silo.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }

        var leaving = first.DisposeAsync().AsTask();
        held.Answer();
        await leaving;
        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var outcome = Assert.Single(await second.OutcomesAsync());
        Assert.True(outcome.Status is EpisodeStatus.Finished, $"{outcome.Status}, {(await second.TrajectoryAsync(outcome)).Fault}; sent {ground.Tools.Sent[OrderCall]} times");
    }

    /// <summary>One shard of the queue is damaged while a run has more rollouts than it has offered.</summary>
    [Fact]
    public async Task Enqueue_OneShardDamaged_TheOthersGoOn()
    {
        var ground = new Ground(new TinyWorld(train: 1, test: 640)) { Options = options => (options.MaxEpisodes, options.QueueShards) = (16, 8) };
        var run = "run";
        var shard = QueueShards.Of(new EpisodeId(run, 64), 8);
        var inShard = Enumerable.Range(0, 640).Count(ordinal => QueueShards.Of(new EpisodeId(run, ordinal), 8) == shard);
        ground.Store.Damage("rollout-queue", QueueShards.Key(shard));
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await house.DoneAsync(640 - inShard).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains(TestStore.Damaged, (await house.Run().StatusAsync()).Failure, StringComparison.Ordinal);
    }

    /// <summary>A batch's tasks are played while the run's write of them is under way; the silo dies before it is stored; the batch is sent again.</summary>
    [Fact]
    public async Task AddTasks_CrashBeforeTheyAreStored_SendsNothingTwice()
    {
        var ground = Ordering();
        var batch = new TaskBatch("one", [ground.World.Tasks[^1]]);
        await using var first = await CrashBeforeStoredAsync(ground, batch);

        await using var second = await House.StartAsync(ground);
        await ground.Store.GoneAsync("task", "run/0");
        await second.Run().AddTasksAsync(batch);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Completed.Contains(0));
        Assert.Equal(1, ground.Tools.Changed[OrderCall]);
    }

    /// <summary>The same, and another batch comes first.</summary>
    [Fact]
    public async Task AddTasks_CrashBeforeTheyAreStored_AnotherBatchIsNotPlayedAsThatOne()
    {
        var ground = Ordering();
        await using var first = await CrashBeforeStoredAsync(ground, new TaskBatch("one", [ground.World.Tasks[^1]]));

        var idle = new Ground { Store = ground.Store, Blobs = ground.Blobs, Policies = ground.Policies, HasPump = false };
        await using (var between = await House.StartAsync(idle))
        {
            await between.Run().AddTasksAsync(new TaskBatch("two", [ground.World.Tasks[^2]])); // before the pump has found what the first left
        }

        await using var second = await House.StartAsync(ground);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Completed.Contains(0));
        Assert.Equal(ground.World.Tasks[^2].Id, Assert.Single(await second.OutcomesAsync()).Result.Task);
    }

    // A silo that is given tasks has a moment to play them and dies before it could store them.
    private static async Task<House> CrashBeforeStoredAsync(Ground ground, TaskBatch batch)
    {
        var (mutated, held) = (New(), New());
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId == OrderCall)
            {
                mutated.TrySetResult();
            }

            return null;
        };
        var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving() with { Tools = ToolMode.Live });
        await ground.Store.WhenAsync<RunState>("run", "run", state => !state.Progress.IsEmpty);
        ground.Store.Before = (_, written) => written is RunState { Plan.Run: "run", Chunks.IsEmpty: false } ? held.Task : Task.CompletedTask;
        var adding = house.Run().AddTasksAsync(batch);
        await Task.WhenAny(mutated.Task, house.PlayOthersAsync());
        house.Crash();
        ground.Store.Before = (_, _) => Task.CompletedTask;
        held.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => adding);
        return house;
    }

    private static Ground Ordering()
    {
        var ground = new Ground
        {
            Policies = TestPolicies.Ordering,
        };
        ground.Tools.Mutate = true;
        return ground;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
