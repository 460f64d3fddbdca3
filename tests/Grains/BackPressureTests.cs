using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Training;
using StepTool.Grains.Transitions;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>What a house does when there is more than it may hold.</summary>
[Trait("Kind", "Simulation")]
public sealed class BackPressureTests
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task AddTasks_MoreThanMayBeQueued_AreRefusedAsAWholeAndTakenOnceWhenThereIsRoom()
    {
        var ground = new Ground
        {
            Policies = new TestPolicies(_ => new Core.Episodes.Finish()) { Before = () => _opened.Task },
            Options = options => (options.MaxEpisodes, options.MaxQueued) = (4, 1000),
        };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        await house.Run().AddTasksAsync(Batch("first", 990));

        var refused = await Assert.ThrowsAsync<QueueFullException>(() => house.Run().AddTasksAsync(Batch("second", 20)));

        Assert.Equal(
            "StepTool:Episodes:MaxQueued is 1000; run 'run' has 990 tasks that have not ended, which leaves no room for a batch of 20. None of it was taken: send it again in 2 seconds, or raise the option on every silo.",
            refused.Message);
        Assert.Equal(990, (await house.Run().StatusAsync()).Stages.Sum(stage => stage.Total));
        Assert.Equal(new TasksAdded(990, 10), await house.Run().AddTasksAsync(Batch("small", 10)));
        Assert.Equal(new TasksAdded(0, 990), await house.Run().AddTasksAsync(Batch("first", 990))); // known, so that it needs no room

        _opened.SetResult();
        await house.DoneAsync(20);
        Assert.Equal(new TasksAdded(1000, 20), await house.Run().AddTasksAsync(Batch("second", 20)));
        Assert.Equal(new TasksAdded(1000, 20), await house.Run().AddTasksAsync(Batch("second", 20)));
        await house.DoneAsync(1020);
        Assert.Equal(Enumerable.Range(0, 1020).Select(ordinal => (long)ordinal), (await house.OutcomesAsync()).Select(outcome => outcome.Ordinal));

        TaskBatch Batch(string id, int count) => new(id, [.. Enumerable.Range(0, count).Select(task => ground.World.Tasks[0] with { Id = $"{id}-{task}" })]);
    }

    [Fact]
    public async Task Start_MoreRunsThanMayBeUnderWay_IsRefusedUntilOneEnds()
    {
        var ground = new Ground { HasPump = false, Options = options => options.MaxRuns = 2 };
        await using var house = await House.StartAsync(ground);

        var starts = await Task.WhenAll(Enumerable.Range(0, 6).Select(run => StartsAsync($"run-{run}")));

        Assert.Equal(2, starts.Count(isStarted => isStarted));
        Assert.Equal(2, ground.Store.Keys("run").Length); // nothing of the others
        var (one, other) = ($"run-{Array.IndexOf(starts, true)}", $"run-{Array.IndexOf(starts, false)}");
        Assert.True(await StartsAsync(one)); // under way already
        var refused = await Assert.ThrowsAsync<QueueFullException>(() => house.Run(other).StartAsync(Plan(other)));
        Assert.StartsWith($"StepTool:Episodes:MaxRuns is 2, and as many runs are under way; run '{other}' was not started. Start it again in 2 seconds", refused.Message, StringComparison.Ordinal);

        await house.Run(one).CancelAsync(null);
        Assert.True(await StartsAsync(other));

        RunPlan Plan(string run) => Plans.Of(Plans.Evaluate()) with { Run = run };

        async Task<bool> StartsAsync(string run)
        {
            try
            {
                return (await house.Run(run).StartAsync(Plan(run))).Phase is RunPhase.Running;
            }
            catch (QueueFullException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(8)] // no more than a batch
    public async Task Rollouts_TrainerIsHeld_WaitWhileTheLogIsFullAndGoOnWithIt(int maxLogged)
    {
        var ground = new Ground
        {
            Services = services => services.AddSingleton<LearnerThread>(new HeldLearner(_opened.Task)).Configure<TrainingOptions>(options => options.MaxLogged = maxLogged),
        };
        var (learnt, most) = (OrdinalSet.Empty, 0);
        ground.Store.Stored = (_, _, stored) =>
        {
            learnt = (stored as PolicyState)?.Consumed ?? learnt;
            most = Math.Max(most, (stored as TransitionLogState)?.Entries.Keys.Count(ordinal => !learnt.Contains(ordinal)) ?? 0);
        };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 6, batchSize: 8, staleness: 100)));
        await house.DoneAsync(maxLogged);

        await house.CompleteAsync(Plans.Of(Plans.Evaluate()) with { Run = "other" }); // the house goes on, the training does not

        Assert.Equal(maxLogged, ground.Store.Read<RunState>("run", "run")!.Enqueued);
        Assert.Equal(maxLogged, (await house.Grain<ITransitionLogGrain>("policy").EntriesAsync()).Length);
        _opened.SetResult();
        var status = await house.EndedAsync();
        Assert.Equal((RunPhase.Completed, 6, 48L), (status.Phase, status.Stages[0].Updates, status.Stages[0].Done));
        Assert.Equal(OrdinalSet.Empty.AddRange(0, 48), (await house.Grain<IPolicyGrain>("policy").HeadAsync())!.Consumed);
        Assert.Equal(maxLogged, most);
    }

    [Fact]
    public async Task Start_BatchThatTheLogCannotHold_IsRefused()
    {
        await using var house = await House.StartAsync(new Ground { Services = services => services.Configure<TrainingOptions>(options => options.MaxLogged = 20) });

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => house.Run().StartAsync(Plans.Of(Plans.Train(batchSize: 21))));

        Assert.StartsWith("BatchSize of stage 'train' is 21; it must be at most StepTool:Training:MaxLogged, which is 20. Lower it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(RunPhase.Unknown, (await house.Run().StatusAsync()).Phase);
    }

    [Fact]
    public async Task Log_OfRunsThatWereStopped_IsEmptiedByTheNextOne()
    {
        var ground = new Ground { Services = services => services.AddSingleton<LearnerThread>(new HeldLearner(_opened.Task)) };
        await using var house = await House.StartAsync(ground);
        for (var run = 0; run < 3; run++)
        {
            await house.Run($"run-{run}").StartAsync(Plans.Of(Plans.Train(iterations: 2)) with { Run = $"run-{run}" });
            await house.DoneAsync(16, $"run-{run}");
            await house.Run($"run-{run}").CancelAsync(null);
        }

        Assert.Equal(Enumerable.Range(32, 16).Select(ordinal => (long)ordinal), (await house.Grain<ITransitionLogGrain>("policy").EntriesAsync()).Select(entry => entry.Ordinal));
        _opened.SetResult();
    }

    private sealed class HeldLearner(Task opened) : LearnerThread
    {
        internal override async Task<T> RunAsync<T>(Func<T> update, CancellationToken cancellationToken)
        {
            await opened.WaitAsync(cancellationToken);
            return await base.RunAsync(update, cancellationToken);
        }
    }

    /// <summary>Another run's rollouts fill one shard; the run's own behind it go to the other shards all the same, and what was left over follows.</summary>
    [Fact]
    public async Task Enqueue_OneShardFull_KeepsNothingFromTheOthers()
    {
        const int Shards = 8;
        var ground = new Ground(new TinyWorld(train: 1, test: 640)) { HasPump = false, Options = options => options.QueueShards = Shards };
        await using var house = await House.StartAsync(ground);
        var shard = QueueShards.Of(new EpisodeId("run", 64), Shards);
        var own = Enumerable.Range(0, 640).Select(ordinal => new EpisodeId("run", ordinal)).Where(rollout => QueueShards.Of(rollout, Shards) == shard).ToArray();
        var full = house.Grain<IRolloutQueueGrain>(QueueShards.Key(shard));
        var others = Enumerable.Range(0, IRolloutQueueGrain.Capacity).Select(ordinal => new EpisodeId("other", ordinal)).ToImmutableArray();
        Assert.Equal(others.Length, await full.EnqueueAsync(others));

        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Enqueued == 640);
        var waiting = ground.Store.Keys("rollout-queue").Sum(key => ground.Store.Read<QueueState>("rollout-queue", key)!.Runs.GetValueOrDefault("run")?.Count ?? 0);
        Assert.Equal(640 - own.Length, waiting);

        await Task.WhenAll(others.Take(own.Length).Select(rollout => full.CompleteAsync(rollout)));
        await ground.Store.WhenAsync<QueueState>("rollout-queue", QueueShards.Key(shard), state => own.All(rollout => state.Runs.GetValueOrDefault("run")?.Contains(rollout.Ordinal) ?? false));
    }
}
