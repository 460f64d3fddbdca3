using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Tests.Episodes;
using StepTool.Tests.Evaluation;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Simulation")]
public sealed class RunGrainTests
{
    [Fact]
    public async Task Run_SeveralStages_CompletesEachOrdinalOnce()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        var status = await house.CompleteAsync(Plans.Of(Plans.Evaluate("floor:random"), Plans.Evaluate("floor:bm25@3"), Plans.Evaluate("floor:call-everything")));
        Assert.Equal((RunPhase.Completed, 3, ""), (status.Phase, status.Stage, status.Failure));
        Assert.Equal(Enumerable.Range(0, 36).Select(ordinal => (long)ordinal), (await house.OutcomesAsync()).Select(outcome => outcome.Ordinal));
        Assert.All(status.Stages, stage => Assert.Equal((12L, 12L, 0L), (stage.Done, stage.Total, stage.Faults)));
        Assert.Equal((await house.OutcomesAsync()).Sum(outcome => outcome.Return), status.Stages.Sum(stage => stage.Return), 9);
        Assert.False(Assert.Single(await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync()).IsActive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_StorageFailsOneWriteInTen_LosesNothing(bool failsAfterStoring)
    {
        var plan = Plans.Of(Plans.Evaluate("floor:random", DecisionMode.Sampled, Split.Train));
        await using var reliable = await House.StartAsync(new Ground());
        await reliable.CompleteAsync(plan);

        var ground = new Ground();
        (ground.Store.FailEvery, ground.Store.FailsAfterStoring) = (10, failsAfterStoring);
        await using var house = await House.StartAsync(ground);
        await StartedAsync(house, plan);
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
        Assert.Equal(await reliable.TrajectoriesAsync(), await house.TrajectoriesAsync());
        Assert.True(ground.Store.Failures > 3, $"Only {ground.Store.Failures} writes failed.");
    }

    [Fact]
    public async Task Status_OfACompletedRunWhoseIndexCannotBeTold_NamesNoObstacle()
    {
        var ground = new Ground();
        ground.Store.Fails = (state, _, _) => state == "run-index" && ground.Store.Read<RunState>("run", "run") is { Phase: RunPhase.Completed };
        await using var house = await House.StartAsync(ground);
        await StartedAsync(house, Plans.Of(Plans.Evaluate()));
        await ground.Store.WhenAsync<RunState>("run", "run", _ => ground.Store.Failures > 1); // so the first of them has been met
        var status = await house.Run().StatusAsync();
        Assert.Equal((RunPhase.Completed, ""), (status.Phase, status.Failure));
    }

    [Fact]
    public async Task Run_HostRestarts_GoesOnToItsEnd()
    {
        var plan = Plans.Of(Plans.Evaluate("floor:random"), Plans.Evaluate("floor:bm25@2"));
        var ground = new Ground();
        var (stuck, never) = (new TaskCompletionSource(), new TaskCompletionSource<ToolReply>());
        ground.Tools.Reply = (request, _) =>
        {
            if (EpisodeId.Parse(request.CallId.Split('#')[0]).Ordinal < 15)
            {
                return null;
            }

            stuck.TrySetResult();
            return never.Task;
        };
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(plan);
        await stuck.Task; // in the second stage
        first.Crash();
        ground.Tools.Reply = null;

        await using var second = await House.StartAsync(ground);
        Assert.Equal(RunPhase.Completed, (await second.EndedAsync()).Phase);
        Assert.Equal(Enumerable.Range(0, 24).Select(ordinal => (long)ordinal), (await second.OutcomesAsync()).Select(outcome => outcome.Ordinal));
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over.")));
    }

    [Fact]
    public async Task Start_AgainWithAnEqualPlan_ChangesNothing()
    {
        await using var house = await House.StartAsync(new Ground());
        var plan = Plans.Of(Plans.Evaluate());
        await house.CompleteAsync(plan);
        var status = await house.Run().StartAsync(plan with { Command = "asked in other words" });
        Assert.Equal((RunPhase.Completed, 12L), (status.Phase, status.Stages[0].Done));
        Assert.Equal(12, (await house.OutcomesAsync()).Length);
    }

    [Fact]
    public async Task Start_WithAnotherPlan_IsRefused()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await RefusedAsync(() => house.Run().StartAsync(Plans.Of(Plans.Evaluate("floor:random"))), "another plan");
        await RefusedAsync(() => house.Run("other").StartAsync(Plans.Of(Plans.Evaluate())), "under its own id");
    }

    [Fact]
    public async Task Start_FailedWrite_IsMadeUpForByTheNextStart()
    {
        var ground = new Ground();
        var left = 1;
        ground.Store.Fails = (state, _, _) => state == "run" && left-- > 0;
        await using var house = await House.StartAsync(ground);
        await StartedAsync(house, Plans.Of(Plans.Evaluate()));
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
    }

    [Fact]
    public async Task Start_UnknownWorldOrSplitWithoutTasks_IsRefusedAndTheIdStaysFree()
    {
        await using var house = await House.StartAsync(new Ground());
        await RefusedAsync(() => house.Run().StartAsync(Plans.Of(Plans.Evaluate()) with { World = "nowhere" }), "nowhere");
        await RefusedAsync(() => house.Run().StartAsync(Plans.Of(Plans.Evaluate(split: Split.Dev))), "has no tasks");
        Assert.Equal(RunPhase.Completed, (await house.CompleteAsync(Plans.Of(Plans.Evaluate()))).Phase);
    }

    [Fact]
    public async Task AddTasks_SentTwice_AreTakenOnceAndServed()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        var added = await house.Run().AddTasksAsync(new TaskBatch("first", ground.World.Tasks[..5]));
        var again = await house.Run().AddTasksAsync(new TaskBatch("first", ground.World.Tasks[..5]));
        var more = await house.Run().AddTasksAsync(new TaskBatch("second", ground.World.Tasks[5..8]));
        Assert.Equal([new TasksAdded(0, 5), new TasksAdded(0, 5), new TasksAdded(5, 3)], [added, again, more]);
        await house.DoneAsync(8);
        Assert.Equal(ground.World.Tasks[..8].Select(task => task.Id), (await house.OutcomesAsync()).Select(outcome => outcome.Result.Task));
        var status = await house.Run().StatusAsync();
        Assert.Equal((RunPhase.Running, 8L, 8L), (status.Phase, status.Stages[0].Done, status.Stages[0].Total));
    }

    [Fact]
    public async Task AddTasks_OnlyNew_LeavesOutWhatTheRunHasAlsoAfterARestart()
    {
        var ground = new Ground { HasPump = false };
        var tasks = ground.World.Tasks;
        await using (var first = await House.StartAsync(ground))
        {
            await first.Run().StartAsync(Plans.Serving());
            await first.Run().AddTasksAsync(new TaskBatch("first", tasks[..5]));
        }

        await using var house = await House.StartAsync(ground);
        Assert.Equal(new TasksAdded(5, 0), await house.Run().AddTasksAsync(new TaskBatch("known", tasks[1..4], OnlyNew: true)));
        Assert.Equal(new TasksAdded(5, 4), await house.Run().AddTasksAsync(new TaskBatch("some", [tasks[7], .. tasks[..7], tasks[0] with { MaxTurns = 3 }], OnlyNew: true)));
        Assert.Equal(new TasksAdded(5, 4), await house.Run().AddTasksAsync(new TaskBatch("some", [tasks[7]], OnlyNew: true)));
        Assert.Equal(new TasksAdded(9, 5), await house.Run().AddTasksAsync(new TaskBatch("anew", tasks[..5])));
        var rollouts = await Task.WhenAll(Enumerable.Range(5, 4).Select(ordinal => house.Run().RolloutAsync(ordinal)));
        Assert.Equal([(tasks[7].Id, 5), (tasks[5].Id, 5), (tasks[6].Id, 5), (tasks[0].Id, 3)], rollouts.Select(rollout => (rollout!.Task.Id, rollout.Task.MaxTurns)));
    }

    [Fact]
    public async Task Seconds_OfAQueueWithoutTasks_StandStillUntilThereIsOneAgain()
    {
        var time = new SettableTime();
        var ground = new Ground { Time = time };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        await house.Run().AddTasksAsync(new TaskBatch("first", ground.World.Tasks[..5]));
        await house.DoneAsync(5);
        time.Advance(TimeSpan.FromHours(1));
        var idle = (await house.Run().StatusAsync()).Stages[0].Seconds;
        await house.Run().AddTasksAsync(new TaskBatch("second", ground.World.Tasks[5..8]));
        await house.DoneAsync(8);
        Assert.Equal((0.0, 0.0), (idle, (await house.Run().StatusAsync()).Stages[0].Seconds)); // this clock goes on by hand alone
    }

    [Fact]
    public async Task AddTasks_FailedWrite_IsMadeUpForByTheNextSend()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        var left = 1;
        ground.Store.Fails = (state, _, written) => state == "run" && written is RunState { Chunks.Length: 1 } && left-- > 0;
        var batch = new TaskBatch("first", ground.World.Tasks[..5]);
        await Assert.ThrowsAnyAsync<Exception>(() => house.Run().AddTasksAsync(batch));
        Assert.Equal(new TasksAdded(0, 5), await house.Run().AddTasksAsync(batch));
        Assert.Single(ground.Store.Read<RunState>("run", "run")!.Chunks);
    }

    [Fact]
    public async Task AddTasks_OfBadBatches_AreRefusedAsAWhole()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        var task = ground.World.Tasks[0];
        await RefusedAsync(() => Add(task, task with { Id = "strange", Offered = [TinyWorld.News, new ApiKey("no", "such", "api")] }), "'strange' offers API 'no/such/api'");
        await RefusedAsync(() => Add(task with { MaxTurns = 0 }), "budget of 0 turns");
        await RefusedAsync(() => Add(task with { Offered = [] }), "offers no API");
        await RefusedAsync(() => Add(), "1 to 1000 tasks");
        await RefusedAsync(() => house.Run().AddTasksAsync(new TaskBatch(" ", [task])), "no id");
        await RefusedAsync(() => house.Run("nothing").AddTasksAsync(new TaskBatch("b", [task])), "nothing was started");
        Assert.Empty(ground.Store.Read<RunState>("run", "run")!.Chunks);

        Task<TasksAdded> Add(params AgentTask[] tasks) => house.Run().AddTasksAsync(new TaskBatch("batch", [.. tasks]));
    }

    [Fact]
    public async Task AddTasks_OfAUsersOwn_AreJudgedUnsure()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        await house.Run().AddTasksAsync(new TaskBatch("own", [ground.World.Tasks[0] with { Id = "mine" }]));
        await house.DoneAsync(1);
        Assert.Equal(Verdict.Unsure, Assert.Single(await house.OutcomesAsync()).Result.Verdict);
    }

    [Fact]
    public async Task Rollout_WhoseEndIsNotStored_IsNotSaidToBeOverNorShown()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        var isBroken = true;
        ground.Store.Fails = (state, _, _) => state == "run" && Volatile.Read(ref isBroken);
        var outcome = new RolloutOutcome(0, null, new string('0', 64), EpisodeStatus.Finished, 1, OutcomeBuilder.Outcome("test-24", Verdict.Solved));
        await Assert.ThrowsAnyAsync<Exception>(() => house.Run().CompleteAsync(outcome));
        await Assert.ThrowsAnyAsync<Exception>(() => house.Run().RolloutAsync(0));
        Assert.Empty(await house.OutcomesAsync());
        Assert.Equal(0, (await house.Run().StatusAsync()).Stages[0].Done);
        Volatile.Write(ref isBroken, false);
        Assert.Null(await house.Run().RolloutAsync(0));
        Assert.True(ground.Store.Read<RunState>("run", "run")!.Completed.Contains(0));
    }

    [Fact]
    public async Task Cancel_WholeRun_EndsItAndWhatWaits()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        Assert.Equal(RunPhase.Cancelled, (await house.Run().CancelAsync(null)).Phase);
        Assert.False(Assert.Single(await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync()).IsActive);
        await house.Task(0).RunAsync();
        await house.IdleAsync();
        Assert.Empty(await house.OutcomesAsync());
        Assert.Empty(ground.Tools.Sent);
    }

    [Fact]
    public async Task Cancel_OfNothing_IsRefused()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        await RefusedAsync(() => house.Run("nothing").CancelAsync(null), "no run 'nothing'");
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await RefusedAsync(() => house.Run().CancelAsync(99), "no rollout 99");
    }

    private static async Task StartedAsync(House house, RunPlan plan)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await house.Run().StartAsync(plan);
                return;
            }
            catch (Orleans.Runtime.OrleansException) when (attempt < 5)
            {
                // A console would ask its user to try again.
            }
        }
    }

    // Its message is for users, who know nothing of parameters.
    private static async Task RefusedAsync(Func<Task> command, string expected)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(command);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter ", refusal.Message, StringComparison.Ordinal);
    }
}
