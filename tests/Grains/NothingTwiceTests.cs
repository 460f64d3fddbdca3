using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Silo.Storage;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Silos die, writes fail and commands come in the middle of something: no call that changes something is made twice, and none of them is said to be of unknown outcome without need.</summary>
[Trait("Kind", "Simulation")]
public sealed class NothingTwiceTests
{
    private const string OrderCall = "run/0#1";
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>A second command to resume looks while an episode of the first one ends.</summary>
    [Fact]
    public async Task Resume_AgainWhileOneEnds_PlaysItOnce()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var (called, answered) = (New(), New());
        var isDown = true;
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task))]),
        };
        ground.Tools.Reply = (request, _) => request.CallId != "run/3#0" ? null
            : isDown ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : AnswerAsync(request);
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        var before = await house.CompleteAsync(Plans.Live(Plans.Evaluate()));
        Assert.Equal((12L, 1L), (before.Stages[0].Done, before.Stages[0].Faults));
        isDown = false;

        await house.Run().ResumeAsync(null);
        await called.Task; // attempt 1 of episode 3 waits for its tool
        blobs.Hold();
        var again = house.Run().ResumeAsync(null);
        await blobs.Reading; // the second command has seen what had ended, and looks at the trajectory
        answered.SetResult();
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Count == 12); // attempt 1 has ended
        blobs.Release();
        var second = await again;
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Count == 12);
        var status = await house.Run().StatusAsync();
        var ends = (await house.OutcomesAsync()).Where(outcome => outcome.Ordinal == 3).Select(outcome => (outcome.Status, outcome.Resumed)).ToArray();

        Assert.True(
            second.Ordinals.IsEmpty && ends.Length == 2 && status.Stages[0].Faults == 0 && ground.Tools.Changed["run/3#1"] == 1,
            $"opened again: [{string.Join(", ", second.Ordinals)}]; ends: {string.Join(", ", ends)}; order sent {ground.Tools.Changed["run/3#1"]} times; done {status.Stages[0].Done}, faults {status.Stages[0].Faults}, passed {status.Stages[0].Passed} (before {before.Stages[0].Passed})");

        async Task<ToolReply> AnswerAsync(ToolRequest request)
        {
            called.TrySetResult();
            await answered.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

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
        var (called, answered) = (New(), New());
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? AnswerAsync(request) : null;
        var left = 1;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode: { Steps.Length: 2, Pending: null } } && left-- > 0;
        var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await called.Task;
        foreach (var silo in first.Silos)
        {
            silo.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }

        var leaving = first.DisposeAsync().AsTask();
        answered.SetResult();
        await leaving;
        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var outcome = Assert.Single(await second.OutcomesAsync());
        Assert.True(outcome.Status is EpisodeStatus.Finished, $"{outcome.Status}, {(await second.TrajectoryAsync(outcome)).Fault}; sent {ground.Tools.Sent[OrderCall]} times");

        async Task<ToolReply> AnswerAsync(ToolRequest request)
        {
            called.TrySetResult();
            await answered.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    /// <summary>One shard of the queue is damaged while a run has more rollouts than it has offered.</summary>
    [Fact]
    public async Task Enqueue_OneShardDamaged_TheOthersGoOn()
    {
        var ground = new Ground(new TinyWorld(train: 1, test: 640)) { Options = options => (options.MaxEpisodes, options.QueueShards) = (16, 8) };
        var run = "run";
        var shard = StepTool.Grains.Queue.QueueShards.Of(new EpisodeId(run, 64), 8);
        var inShard = Enumerable.Range(0, 640).Count(ordinal => StepTool.Grains.Queue.QueueShards.Of(new EpisodeId(run, ordinal), 8) == shard);
        ground.Store.Damage("rollout-queue", StepTool.Grains.Queue.QueueShards.Key(shard));
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await house.DoneAsync(640 - inShard).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains(TestStore.Damaged, (await house.Run().StatusAsync()).Failure, StringComparison.Ordinal);
    }

    /// <summary>A mutating call may have been sent; its silo died; the policy cannot be had for a while; the episode is resumed.</summary>
    [Fact]
    public async Task Resume_PolicyFaultBehindACallThatMayHaveBeenSent_DoesNotSendItAgain()
    {
        var away = new AwayPolicies(Ordering().Policies!);
        var ground = new Ground { Policies = away };
        ground.Tools.Mutate = true;
        var (called, never) = (New(), new TaskCompletionSource<ToolReply>());
        var holds = true;
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId != OrderCall || !holds)
            {
                return null;
            }

            called.TrySetResult();
            return never.Task;
        };
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await called.Task;
        first.Crash();
        (holds, away.IsAway) = (false, true);

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var faulted = await second.TrajectoryAsync(Assert.Single(await second.OutcomesAsync()));
        away.IsAway = false;
        var resumed = await second.Run().ResumeAsync(null);
        if (!resumed.Ordinals.IsEmpty)
        {
            await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);
        }

        var sent = ground.Tools.Changed[OrderCall];
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over.")));
        Assert.True(sent == 1, $"order sent {sent} times; the fault was {faulted.Fault}, with {(faulted.Pending is null ? "no" : "its")} pending call");
    }

    /// <summary>A completed run that is woken by the command itself tells the index that it is over, after the command has said that it is not.</summary>
    [Fact]
    public async Task Resume_OfACompletedRun_StaysActiveInTheIndex()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var (called, answered) = (New(), New());
        var isDown = true;
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.PriceCall(TinyWorld.ItemOf(situation.Task))]),
        };
        ground.Tools.Reply = (request, _) => request.CallId != "run/17#0" ? null
            : isDown ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : AnswerAsync(request);
        await using var house = await House.StartAsync(ground);
        var before = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 2), Plans.Evaluate("policy@latest")));
        Assert.Equal(1L, before.Stages[1].Faults);
        isDown = false;
        await house.DeactivateAsync(house.Run()); // nobody has looked at it for a while
        blobs.HoldErasing();
        var retaining = house.Grain<IPolicyGrain>("policy").RetainAsync(1); // the policy is at work for a moment
        await blobs.Erasing;

        blobs.HoldAfter(0);
        var command = house.Run().ResumeAsync(null); // wakes the run, whose first step finds nothing to do
        await blobs.Reading;
        await Task.Delay(TimeSpan.FromMilliseconds(500)); // that step waits for the policy
        blobs.Release();
        await command;
        var during = await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync();
        blobs.ReleaseErasing();
        await retaining;
        await called.Task;
        var after = await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync();
        var open = ground.Store.Read<RunState>("run", "run")!.Resumed.Count;
        answered.SetResult();
        Assert.True(after.Single().IsActive, $"{open} episode at work; the index said active {during.Single().IsActive} when it was resumed, and now {after.Single().IsActive}");

        async Task<ToolReply> AnswerAsync(ToolRequest request)
        {
            called.TrySetResult();
            await answered.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    /// <summary>A command to resume is given up in its middle; the silo dies before the run writes again; the command is given anew.</summary>
    [Fact]
    public async Task Resume_GivenUpInItsMiddleThenCrash_SendsNothingTwice()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var (mutated, never) = (New(), new TaskCompletionSource<ToolReply>());
        var (isDown, crashes) = (true, false);
        House? first = null;
        var stored = "";
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task))]),
        };
        ground.Tools.Mutate = true;
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId == "run/0#0" && isDown)
            {
                return never.Task; // so that the run goes on
            }

            if (request.CallId is "run/3#0" or "run/5#0" && isDown && !crashes)
            {
                return Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
            }

            if (request.CallId == "run/3#1" && crashes)
            {
                stored = $"stored as resumed: {ground.Store.Read<RunState>("run", "run")!.Resumed.ContainsKey(3)}";
                first!.Crash();
                mutated.TrySetResult();
            }

            return null;
        };
        first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate()));
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Tail.Length == 11);
        crashes = true;
        blobs.HoldAfter(1);
        using var stop = new CancellationTokenSource();
        var command = first.Run().ResumeAsync(null, stop.Token);
        await blobs.Reading;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
        await Task.WhenAny(mutated.Task, Task.Delay(Moment));
        (isDown, crashes) = (false, false);
        blobs.Release();

        await using var second = await House.StartAsync(ground);
        await ground.Store.GoneAsync("task", "run/3"); // its rollout was on the queue, and its run does not know that it was resumed
        await second.Run().ResumeAsync(3);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Contains(3));
        var sent = ground.Tools.Changed["run/3#1"];
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over.")));
        await first.DisposeAsync();
        Assert.True(sent == 1, $"order sent {sent} times; when it was sent first, {stored}");
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
        ground.Store.Before = (_, written) => written is RunState { Chunks.IsEmpty: false } ? held.Task : Task.CompletedTask;
        var adding = house.Run().AddTasksAsync(batch);
        await Task.WhenAny(mutated.Task, Task.Delay(Moment));
        house.Crash();
        ground.Store.Before = (_, _) => Task.CompletedTask;
        held.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => adding);
        return house;
    }

    private sealed class AwayPolicies(StepTool.Grains.Policies.IPolicySource policies) : StepTool.Grains.Policies.IPolicySource
    {
        public volatile bool IsAway;

        public ValueTask<StepTool.Grains.Policies.PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) =>
            IsAway ? throw new StepTool.Core.Policies.PolicyException("The weights are not there.") : policies.GetAsync(reference, cancellationToken);
    }

    private static Ground Ordering()
    {
        var ground = new Ground
        {
            Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task))]),
        };
        ground.Tools.Mutate = true;
        return ground;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
