using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Silo.Storage;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>A record that cannot be read stops its own grain and no other, and stays as it is until somebody mends it.</summary>
[Trait("Kind", "Simulation")]
public sealed class QuarantineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Ground _ground = new(new TinyWorld(train: 24, test: 24)) { Options = options => (options.MaxEpisodes, options.QueueShards) = (4, 2) };

    [Fact]
    public async Task Task_Damaged_IsAStorageFaultAndTheRunGoesOn()
    {
        _ground.Store.Damage("task", "run/3");
        await using var house = await House.StartAsync(_ground);

        var status = await house.CompleteAsync(Plans.Of(Plans.Evaluate()));

        Assert.Equal((RunPhase.Completed, 24L, 1L), (status.Phase, status.Stages[0].Done, status.Stages[0].Faults));
        var outcomes = await house.OutcomesAsync();
        Assert.Equal(Enumerable.Range(0, 24).Select(ordinal => (long)ordinal), outcomes.Select(outcome => outcome.Ordinal));
        Assert.Equal(3, Assert.Single(outcomes, outcome => outcome.Status is EpisodeStatus.Faulted).Ordinal);
        Assert.Equal(FaultBoundary.Storage, outcomes[3].Result.Fault);
        Assert.Contains(TestStore.Damaged, (await house.TrajectoryAsync(outcomes[3])).Fault!.Message, StringComparison.Ordinal);
        Assert.True(_ground.Store.IsDamaged("task", "run/3"));
        Assert.Equal(1, _ground.Store.Log.Count("Rollout run/3 ends by a storage fault, since its record cannot be read"));
    }

    [Fact]
    public async Task TrainingTask_Damaged_IsExcludedAndCounted()
    {
        _ground.Store.Damage("task", "run/2");
        await using var house = await House.StartAsync(_ground);

        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 2)));

        Assert.Equal(RunPhase.Completed, status.Phase);
        var versions = await house.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal(1, versions.Sum(version => version.Excluded));
        Assert.Contains(versions, version => version.Consumed.Contains(2));
    }

    [Fact]
    public async Task Run_Damaged_LeavesSlotsToOthersAndGoesOnWhenItIsPutBack()
    {
        await EnqueueAsync();
        _ground.Store.Damage("run", "run");
        await using var house = await House.StartAsync(_ground);

        var other = await house.CompleteAsync(Plans.Of(Plans.Evaluate()) with { Run = "other" });

        Assert.Equal((RunPhase.Completed, 24L), (other.Phase, other.Stages[0].Done));
        Assert.Contains(TestStore.Damaged, (await Assert.ThrowsAnyAsync<Exception>(() => house.Run().StatusAsync())).ToString(), StringComparison.Ordinal);
        Assert.NotEqual(0, _ground.Store.Log.Count($"A record is damaged; what needs it waits, all else goes on. State 'run' of run/run: {TestStore.Damaged}")); // each silo says so once
        _ground.Store.PutBack("run", "run");
        Assert.Equal(24, (await house.EndedAsync()).Stages[0].Done);
    }

    [Fact]
    public async Task QueueShard_DamagedAndDeleted_IsFilledAgainByItsRuns()
    {
        await EnqueueAsync();
        var shard = _ground.Store.Keys("rollout-queue").Single(key => _ground.Store.Read<QueueState>("rollout-queue", key)!.Runs.Count > 0);
        _ground.Store.Damage("rollout-queue", shard);
        await using var house = await House.StartAsync(_ground);
        await ToldAsync(house);

        Assert.True(_ground.Store.IsDamaged("rollout-queue", shard));
        _ground.Store.Remove("rollout-queue", shard);
        var status = await house.EndedAsync();
        Assert.Equal((RunPhase.Completed, 24L, ""), (status.Phase, status.Stages[0].Done, status.Failure));
    }

    [Fact]
    public async Task QueueShard_DamagedWhileItsRunIsAtWork_IsToldByTheRunUntilItIsPutBack()
    {
        var (time, opened) = (new SettableTime(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var ground = new Ground(_ground.World)
        {
            Time = time,
            Options = options => (options.MaxEpisodes, options.QueueShards) = (1, 1),
            Policies = new TestPolicies(_ => new Finish()) { Before = () => opened.Task },
        };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Enqueued == 24);
        await ground.Store.WhenAsync<QueueState>("rollout-queue", "0", state => state.Runs.Count == 1);
        ground.Store.Damage("rollout-queue", "0");
        await house.DeactivateAsync(house.Grain<IRolloutQueueGrain>("0"));
        Assert.Equal("", (await house.Run().StatusAsync()).Failure);

        time.Advance(TimeSpan.FromSeconds(10));
        await ToldAsync(house);

        ground.Store.PutBack("rollout-queue", "0");
        opened.SetResult();
        time.Advance(TimeSpan.FromSeconds(10)); // the pump leaves a damaged shard alone for so long
        var status = await house.EndedAsync();
        Assert.Equal((RunPhase.Completed, 24L, ""), (status.Phase, status.Stages[0].Done, status.Failure));
    }

    [Theory]
    [InlineData("trainer")]
    [InlineData("policy")]
    [InlineData("transition-log")]
    public async Task Training_RecordDamaged_KeepsItsRunWaitingWithTheReasonAndNoOther(string state)
    {
        _ground.Store.Damage(state, "policy");
        await using var house = await House.StartAsync(_ground);
        await house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 2)));

        Assert.Equal(RunPhase.Completed, (await house.CompleteAsync(Plans.Of(Plans.Evaluate()) with { Run = "other" })).Phase);

        await ToldAsync(house);
        var waiting = await house.Run().StatusAsync();
        Assert.Equal(RunPhase.Running, waiting.Phase);
        Assert.Equal(0, waiting.Stages.Sum(stage => stage.Done));
        Assert.True(_ground.Store.IsDamaged(state, "policy"));
        _ground.Store.Remove(state, "policy");
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("transition-log")]
    public async Task Training_RecordDamagedInItsMiddle_IsToldByTheRunAndGoesOnWhenItIsPutBack(string state)
    {
        await using (var house = await House.StartAsync(_ground))
        {
            _ground.Store.Stored = (_, _, content) =>
            {
                if (content is PolicyState { Versions.Length: > 2 })
                {
                    house.Crash(); // a silo that leaves in order may train to the end first
                }
            };
            var trained = _ground.Store.WhenAsync<PolicyState>("policy", "policy", policy => policy.Versions.Length > 2);
            await Task.WhenAny(house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 20))), trained);
            await trained;
        }

        _ground.Store.Stored = (_, _, _) => { };
        _ground.Store.Damage(state, "policy");
        await using (var house = await House.StartAsync(_ground))
        {
            await ToldAsync(house);
        }

        Assert.True(_ground.Store.IsDamaged(state, "policy"));
        _ground.Store.PutBack(state, "policy");
        await using var later = await House.StartAsync(_ground);
        var ended = await later.EndedAsync();
        Assert.Equal((RunPhase.Completed, 20L), (ended.Phase, ended.Stages[0].Updates));
        var consumed = (await later.Grain<IPolicyGrain>("policy").VersionsAsync()).Skip(1).SelectMany(version => version.Consumed.Ordinals()).ToList();
        Assert.Equal(consumed.Distinct(), consumed);
    }

    [Fact]
    public async Task Index_Damaged_KeepsNoRolloutWaiting()
    {
        await EnqueueAsync();
        _ground.Store.Damage("run-index", "index");
        await using var house = await House.StartAsync(_ground);

        await house.DoneAsync(24);
        Assert.True(_ground.Store.IsDamaged("run-index", "index"));
        _ground.Store.PutBack("run-index", "index");
        var status = await house.EndedAsync();
        Assert.Equal((RunPhase.Completed, 24L), (status.Phase, status.Stages[0].Done));
    }

    [Fact]
    public async Task Trajectory_Damaged_IsLeftOutOfItsUpdateAndCounted()
    {
        var ground = new Ground(_ground.World) { Blobs = new BrokenBlobs(new MemoryBlobStore(), content => OrdinalOf(content) == 2 ? StorageException.OfDamage("The test has damaged this blob.") : null) };
        await using var house = await House.StartAsync(ground);

        Assert.Equal(RunPhase.Completed, (await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 2)))).Phase);

        var versions = await house.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal(1, versions.Sum(version => version.Excluded));
        Assert.Equal(1, ground.Store.Log.Count("goes on without ordinal 2, whose trajectory cannot be read: The test has damaged this blob."));
    }

    [Fact]
    public async Task BlobStore_AwayForAWhile_IsNobodysFault()
    {
        var isAway = false;
        var ground = new Ground(_ground.World) { Options = _ground.Options, Blobs = new BrokenBlobs(new MemoryBlobStore(), _ => isAway ? new StorageException("The test has taken the store away.") : null) };
        await using (var trained = await House.StartAsync(ground))
        {
            await trained.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)));
        }

        isAway = true;
        await using var house = await House.StartAsync(ground);
        await house.Run("later").StartAsync(Plans.Of(Plans.Evaluate("policy@latest")) with { Run = "later" });
        using var patience = new CancellationTokenSource(Patience);
        while (ground.Store.Log.Count("a step failed and is tried again") < 28)
        {
            await Task.Delay(20, patience.Token);
        }

        isAway = false;
        var status = await house.EndedAsync("later");
        Assert.Equal((RunPhase.Completed, 24L, 0L), (status.Phase, status.Stages[0].Done, status.Stages[0].Faults));
    }

    private static long OrdinalOf(ReadOnlyMemory<byte> content)
    {
        try
        {
            return EpisodeCodec.Decode(content).Id.Ordinal;
        }
        catch (StorageException)
        {
            return -1; // no trajectory
        }
    }

    /// <summary>A queue's record is gone, or was put back from an older copy, while one of its tasks is at work; then another task is given that one's ordinal.</summary>
    [Fact]
    public async Task Task_OfferedAsAnotherOneThanIsStored_IsAStorageFaultAndNotPlayed()
    {
        var never = new TaskCompletionSource<ToolReply>();
        _ground.Tools.Reply = (request, _) => request.CallId == "run/0#1" ? never.Task : null;
        await using (var first = await House.StartAsync(_ground))
        {
            await AddAsync(first, _ground.World.Tasks[^1].Id);
            await _ground.Store.WhenAsync<TaskState>("task", "run/0", state => state.Episode.Steps.Length == 1);
            first.Crash();
            _ground.Store.Remove("run", "run");
        }

        _ground.Tools.Reply = null;
        await using (var idle = await House.StartAsync(Idle()))
        {
            await AddAsync(idle, _ground.World.Tasks[^2].Id, _ground.World.Tasks[^1].Id);
        }

        await using var second = await House.StartAsync(_ground);
        await second.DoneAsync(2);

        var outcomes = await second.OutcomesAsync();
        var fault = (await second.TrajectoryAsync(outcomes[0])).Fault;
        Assert.Equal((FaultBoundary.Storage, EpisodeStatus.Finished), (fault?.Boundary, outcomes[1].Status));
        Assert.Contains($"task '{_ground.World.Tasks[^1].Id}', 1 turns far, and its run offers task '{_ground.World.Tasks[^2].Id}'", fault!.Message, StringComparison.Ordinal);
        await _ground.Store.GoneAsync("task", "run/0");
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over.")));
    }

    /// <summary>Waits until the run tells of the damage.</summary>
    private static async Task ToldAsync(House house)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await house.Run().StatusAsync() is var status && !status.Failure.Contains(TestStore.Damaged, StringComparison.Ordinal))
        {
            Assert.Equal(RunPhase.Running, status.Phase);
            await Task.Delay(20, patience.Token);
        }
    }

    private async Task AddAsync(House house, params string[] tasks)
    {
        await house.Run().StartAsync(Plans.Serving());
        await house.Run().AddTasksAsync(new TaskBatch(tasks[0], [.. tasks.Select(id => _ground.World.Tasks.Single(task => task.Id == id))]));
    }

    /// <summary>A run whose rollouts are on the queue, left by a silo that has played none of them.</summary>
    private async Task EnqueueAsync()
    {
        await using var house = await House.StartAsync(Idle());
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await _ground.Store.WhenAsync<RunState>("run", "run", state => state.Enqueued == 24);
    }

    private Ground Idle() => new(_ground.World) { Store = _ground.Store, Blobs = _ground.Blobs, Options = _ground.Options, HasPump = false };
}
