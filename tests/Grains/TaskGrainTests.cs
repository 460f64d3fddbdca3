using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Runs;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Simulation")]
public sealed class TaskGrainTests
{
    /// <summary>What was counted of one boundary was once taken for another's: its first failure ended the episode.</summary>
    [Fact]
    public async Task Judge_FailsOnceBehindFailuresOfStorage_IsAskedAgain()
    {
        var (judged, first) = (0, -1L);
        var ground = new Ground(new TinyWorld(train: 8, test: 1)
        {
            Judging = episode =>
            {
                first = first < 0 ? episode.Id.Ordinal : first;
                Assert.False(episode.Id.Ordinal == first && ++judged == 3, "no word");
            },
        })
        { Options = options => options.MaxEpisodes = 1 };
        ground.Store.Fails = (state, _, _) => state == "transition-log" && judged is 1 or 2; // until the third try
        await using var house = await House.StartAsync(ground);

        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)));

        Assert.Equal((8L, 0L), (status.Stages[0].Done, status.Stages[0].Faults));
        Assert.InRange(judged, 4, int.MaxValue); // once a try
    }

    [Fact]
    public async Task Run_CalledTwice_PlaysOneEpisodeAndLeavesNothingBehind()
    {
        var ground = Solving();
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await Task.WhenAll(house.Task(0).RunAsync(), house.Task(0).RunAsync());
        await house.DoneAsync(1);
        await ground.Store.GoneAsync("task", "run/0");
        await house.IdleAsync();

        var outcome = Assert.Single(await house.OutcomesAsync());
        Assert.Equal((EpisodeStatus.Finished, Verdict.Solved, 3), (outcome.Status, outcome.Result.Verdict, outcome.Result.Turns));
        Assert.Equal(["run/0#0 1", "run/0#1 1"], Sent(ground));
    }

    [Fact]
    public async Task Run_AfterItsEnd_ChangesNothing()
    {
        var ground = Solving();
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        await ground.Store.GoneAsync("task", "run/0");
        await house.IdleAsync();
        await house.Task(0).RunAsync();
        await house.IdleAsync();
        Assert.Single(await house.OutcomesAsync());
        Assert.Equal(["run/0#0 1", "run/0#1 1"], Sent(ground));
    }

    [Fact]
    public async Task Run_DeactivatedMidWay_GoesOnWithTheSameEpisode()
    {
        var expected = await AloneAsync();
        var (ground, deferred) = (Solving(), new TaskCompletionSource());
        ground.Tools.Reply = (request, _) => At(request, 1, () =>
        {
            deferred.TrySetResult();
            return new ToolDeferred(TimeSpan.MaxValue);
        });
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await deferred.Task;
        await house.DeactivateAsync(house.Task(0));

        ground.Tools.Reply = null;
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        Assert.Equal(expected, Assert.Single(await house.OutcomesAsync()).Trajectory);
        Assert.Equal(["run/0#0 1", "run/0#1 2"], Sent(ground));
    }

    [Fact]
    public async Task Run_LostRace_ReadsAfreshAndGoesOn()
    {
        var expected = await AloneAsync();
        var ground = Solving();
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId == "run/0#1" && ground.Tools.Sent[request.CallId] == 1)
            {
                ground.Store.Touch("task", "run/0");
            }

            return null;
        };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        Assert.Equal(expected, Assert.Single(await house.OutcomesAsync()).Trajectory);
    }

    [Fact]
    public async Task Deferred_OnlySlot_GoesToAnotherEpisodeMeanwhile()
    {
        var ground = Solving(hasPump: true, maxEpisodes: 1);
        var isBusy = true;
        ground.Tools.Reply = (request, _) => request.CallId == "run/0#1" && Volatile.Read(ref isBusy)
            ? Task.FromResult<ToolReply>(new ToolDeferred(TimeSpan.FromMilliseconds(20)))
            : null;
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate() with { MaxTasks = 3 }));
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Completed.Contains(1));
        Volatile.Write(ref isBusy, false);
        await house.EndedAsync();
        Assert.All(await house.OutcomesAsync(), outcome => Assert.Equal(Verdict.Solved, outcome.Result.Verdict));
    }

    [Theory]
    [InlineData(ToolFaultKind.Unavailable)]
    [InlineData(ToolFaultKind.TimedOut)]
    public async Task Faulted_Tool_EndsTheEpisodeWithoutVerdictOrReward(ToolFaultKind kind)
    {
        var ground = Solving();
        ground.Tools.Reply = (request, _) => At(request, 1, () => new ToolFaulted(new ToolFault(kind, "broken")));
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        var outcome = Assert.Single(await house.OutcomesAsync());
        var episode = await house.TrajectoryAsync(outcome);
        Assert.Equal((EpisodeStatus.Faulted, FaultBoundary.Tool, kind, null, 0.0), (outcome.Status, episode.Fault!.Boundary, episode.Fault.Tool, episode.Verdict, outcome.Return));
        Assert.Equal((null, $"Tool: {kind}"), (outcome.Result.Judged, outcome.Result.FaultName));
        Assert.Equal(1, (await house.Run().StatusAsync()).Stages[0].Faults);
    }

    [Fact]
    public async Task Faulted_Policy_IsTriedAgainThenEndsTheEpisode()
    {
        var decisions = 0;
        var ground = new Ground
        {
            HasPump = false,
            Policies = new TestPolicies(_ => ++decisions > 0 ? throw new InvalidOperationException("no mind") : new Finish()),
        };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        var episode = await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync()));
        Assert.Equal((FaultBoundary.Policy, "no mind"), (episode.Fault!.Boundary, episode.Fault.Message));
        Assert.InRange(decisions, 2, 10);
    }

    [Fact]
    public async Task Call_OfAnApiThatDoesNotExist_IsAnOrdinaryObservation()
    {
        var missing = new CallApi(new ToolCall(new ApiKey("no", "such", "api"), "{}"));
        var ground = new Ground { HasPump = false, Policies = TestPolicies.InOrder(_ => [missing]) };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        var episode = await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync()));
        Assert.Equal((EpisodeStatus.Finished, ToolStatus.UnknownApi, false), (episode.Status, episode.Steps[0].Status, episode.Steps[0].Success));
        Assert.Empty(ground.Tools.Sent);
    }

    [Fact]
    public async Task Cancel_WhileWaitingForATool_EndsTheEpisodeAtOnce()
    {
        var (ground, deferred) = (Solving(), new TaskCompletionSource());
        ground.Tools.Reply = (request, _) => At(request, 1, () =>
        {
            deferred.TrySetResult();
            return new ToolDeferred(TimeSpan.MaxValue);
        });
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await deferred.Task;
        await house.Run().CancelAsync(0);
        await house.DoneAsync(1);
        var outcome = Assert.Single(await house.OutcomesAsync());
        Assert.Equal((EpisodeStatus.Cancelled, 1, 0.0, null), (outcome.Status, outcome.Result.Turns, outcome.Return, outcome.Result.Judged));
        var stage = (await house.Run().StatusAsync()).Stages[0];
        Assert.Equal((1L, 0L, 1L), (stage.Done, stage.Faults, stage.Cancelled));
    }

    [Fact]
    public async Task Cancel_ThenCrash_IsNotForgotten()
    {
        var ground = Solving(hasPump: true);
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => held.ReplyAsync(request);
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Of(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        await first.Run().CancelAsync(0);
        first.Crash();
        ground.Tools.Reply = null;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Equal(EpisodeStatus.Cancelled, Assert.Single(await second.OutcomesAsync()).Status);
        held.Abandon();
    }

    [Fact]
    public async Task Crash_InTheMiddle_GoesOnWithTheSameActions()
    {
        var plan = Plans.Of(Plans.Evaluate("floor:random", DecisionMode.Sampled, Split.Train));
        var calm = new Ground();
        await using var undisturbed = await House.StartAsync(calm);
        await undisturbed.CompleteAsync(plan);

        var ground = new Ground();
        var (stuck, eight, never) = (0, new TaskCompletionSource(), new TaskCompletionSource<ToolReply>());
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId.EndsWith("#0", StringComparison.Ordinal))
            {
                return null;
            }

            if (Interlocked.Increment(ref stuck) == 8)
            {
                eight.TrySetResult();
            }

            return never.Task;
        };
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(plan);
        await eight.Task;
        first.Crash();
        ground.Tools.Reply = null;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Equal(await undisturbed.TrajectoriesAsync(), await second.TrajectoriesAsync());
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "The test is over.")));
    }

    private static Ground Solving(bool hasPump = false, int maxEpisodes = 48) => new()
    {
        HasPump = hasPump,
        Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.PriceCall(TinyWorld.ItemOf(situation.Task))]),
        Options = options => options.MaxEpisodes = maxEpisodes,
    };

    /// <summary>The trajectory of the first test task, undisturbed.</summary>
    private static async Task<string> AloneAsync()
    {
        await using var house = await House.StartAsync(Solving());
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.DoneAsync(1);
        return Assert.Single(await house.OutcomesAsync()).Trajectory;
    }

    private static Task<ToolReply>? At(ToolRequest request, int step, Func<ToolReply> reply) =>
        request.CallId.EndsWith($"#{step}", StringComparison.Ordinal) ? Task.FromResult(reply()) : null;

    private static string[] Sent(Ground ground) => [.. ground.Tools.Sent.OrderBy(call => call.Key, StringComparer.Ordinal).Select(call => $"{call.Key} {call.Value}")];
}
