using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using StepTool.Tests.Evaluation;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Episodes that a fault ended go on by command: from their last step, counted once, learnt from once at most.</summary>
[Trait("Kind", "Simulation")]
public sealed class ResumeTests
{
    [Fact]
    public async Task Resume_ToolWorksAgain_GoesOnFromItsLastStepAndCountsFollow()
    {
        var ground = Solving();
        var isDown = true;
        ground.Tools.Reply = (request, _) => isDown && request.CallId == "run/3#1" ? Fault(ToolFaultKind.Unavailable) : null;
        await using var house = await House.StartAsync(ground);
        var before = await house.CompleteAsync(Plans.Of(Plans.Evaluate()));
        isDown = false;

        var resumed = await house.Run().ResumeAsync(3);
        var again = await house.Run().ResumeAsync(null);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);
        var status = await house.Run().StatusAsync();

        Assert.Equal((12L, 1L), (before.Stages[0].Done, before.Stages[0].Faults));
        Assert.Equal([3L], resumed.Ordinals.ToArray());
        Assert.Empty(again.Refused);
        Assert.Equal((RunPhase.Completed, 12L, 0L, before.Stages[0].Passed + 1), (status.Phase, status.Stages[0].Done, status.Stages[0].Faults, status.Stages[0].Passed));
        var last = (await house.OutcomesAsync()).Where(outcome => outcome.Ordinal == 3).OrderBy(outcome => outcome.Resumed).ToArray();
        Assert.Equal([(EpisodeStatus.Faulted, 0), (EpisodeStatus.Finished, 1)], last.Select(outcome => (outcome.Status, outcome.Resumed)));
        Assert.Equal((Verdict.Solved, 3), (last[1].Result.Verdict, last[1].Result.Turns));
        Assert.Equal((1, 2), (ground.Tools.Sent["run/3#0"], ground.Tools.Sent["run/3#1"]));
        Assert.Equal(status.Stages[0].Turns, (await house.OutcomesAsync()).GroupBy(outcome => outcome.Ordinal).Sum(rollout => rollout.MaxBy(outcome => outcome.Resumed)!.Result.Turns));
    }

    [Fact]
    public async Task Resume_UnknownOutcome_IsAStepAndNeverSentAgain()
    {
        const string order = "run/0#1";
        var ground = new Ground { Policies = TestPolicies.Ordering };
        ground.Tools.Mutate = true;
        ground.Tools.Reply = (request, _) => request.CallId == order ? throw new InvalidOperationException("the line broke") : null;
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        var faulted = await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync()));
        Assert.Equal(ToolFaultKind.OutcomeUnknown, faulted.Fault?.Tool);

        await house.Run().ResumeAsync(null);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);

        var episode = await house.TrajectoryAsync((await house.OutcomesAsync()).MaxBy(outcome => outcome.Resumed)!);
        Assert.Equal((EpisodeStatus.Finished, 3, null), (episode.Status, episode.Steps.Length, episode.Fault));
        Assert.Equal((ToolFaultKind.OutcomeUnknown, false, true), (episode.Steps[1].Fault, episode.Steps[1].Success, episode.IsExcluded));
        Assert.Contains("not known", episode.Steps[1].Observation, StringComparison.Ordinal);
        Assert.Equal(1, ground.Tools.Sent[order]);
    }

    /// <summary>Older builds let a policy's fault stand in place of a call that may have been sent; such trajectories are stored.</summary>
    [Fact]
    public async Task Resume_PolicyFaultWithItsCallPending_IsAStepOfUnknownOutcomeAndNeverSent()
    {
        var ground = new Ground { HasPump = false, Policies = TestPolicies.Ordering };
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        var spec = (await house.Run().RolloutAsync(0))!;
        var item = TinyWorld.ItemOf(spec.Task);
        var found = EpisodeEngine.Decide(spec.Begin(), new Decision(TinyWorld.FindCall(item), 0, 0, 1));
        found = EpisodeEngine.Observe(found, ground.World.Answer(EpisodeEngine.Request(found).Call, 0));
        var faulted = EpisodeEngine.Fail(EpisodeEngine.Decide(found, new Decision(TinyWorld.OrderCall(item), 0, 0, 2)), new EpisodeFault(FaultBoundary.Policy, "The weights are not there."));
        var trajectory = await ground.Blobs.PutAsync(EpisodeCodec.Encode(faulted), default);
        await house.Run().CompleteAsync(new RolloutOutcome(0, 0, trajectory, EpisodeStatus.Faulted, 0, OutcomeBuilder.Outcome(spec.Task.Id, Verdict.Unsolved)));

        Assert.Single((await house.Run().ResumeAsync(0)).Ordinals);
        await house.Task(0).RunAsync();
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);

        var episode = await house.TrajectoryAsync((await house.OutcomesAsync()).MaxBy(outcome => outcome.Resumed)!);
        Assert.Equal((EpisodeStatus.Finished, 3, ToolFaultKind.OutcomeUnknown, true), (episode.Status, episode.Steps.Length, episode.Steps[1].Fault, episode.IsExcluded));
        Assert.Empty(ground.Tools.Sent);
    }

    [Fact]
    public async Task Resume_JudgeFailed_IsJudgedAsItEnded()
    {
        var isBroken = true;
        var ground = new Ground(new TinyWorld { Judging = _ => Assert.False(isBroken, "no word") }) { Policies = Solving().Policies };
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Of(Plans.Evaluate() with { MaxTasks = 1 }));
        var faulted = await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync()));
        isBroken = false;

        await house.Run().ResumeAsync(0);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);

        var episode = await house.TrajectoryAsync((await house.OutcomesAsync()).MaxBy(outcome => outcome.Resumed)!);
        Assert.Equal(FaultBoundary.Judge, faulted.Fault?.Boundary);
        Assert.Equal((EpisodeStatus.Finished, Verdict.Solved, 3), (episode.Status, episode.Verdict, episode.Steps.Length));
        Assert.All(ground.Tools.Sent.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Resume_ThenCrash_IsNotForgottenAndPlayedOnce()
    {
        var ground = Solving();
        ground.Tools.Reply = (request, _) => request.CallId.EndsWith("#1", StringComparison.Ordinal) ? Fault(ToolFaultKind.Unavailable) : null;
        var held = new HeldCall(ground.World);
        await using var first = await House.StartAsync(ground);
        await first.CompleteAsync(Plans.Of(Plans.Evaluate()));
        ground.Tools.Reply = (request, _) => held.ReplyAsync(request);
        Assert.Equal(12, (await first.Run().ResumeAsync(null)).Ordinals.Length);
        await held.Called;
        first.Crash();
        ground.Tools.Reply = null;

        await using var second = await House.StartAsync(ground);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);
        var status = await second.Run().StatusAsync();

        Assert.Equal((12L, 0L), (status.Stages[0].Done, status.Stages[0].Faults));
        Assert.Equal(24, (await second.OutcomesAsync()).Length);
        held.Abandon();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Resume_TrainingEpisode_IsLearntFromOnlyWhereItWasNotConsumed(bool isEarly, int excluded)
    {
        var ground = new Ground(new TinyWorld(train: 8, test: 1)) { Policies = Solving().Policies };
        var (isDown, held) = (true, isEarly);
        var never = new TaskCompletionSource();
        ground.Tools.Reply = (request, _) => Reply(request);
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1, batchSize: 8)));
        await ground.Store.WhenAsync<RunState>("run", "run", state => held ? state.Tail.Length == 7 : state.Phase is RunPhase.Completed);
        isDown = false;
        var faulted = (await house.OutcomesAsync()).Where(outcome => outcome.Status is EpisodeStatus.Faulted).Select(outcome => outcome.Ordinal).ToArray();
        var resumed = await house.Run().ResumeAsync(faulted[0]);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);
        never.SetResult();
        await house.EndedAsync();

        var versions = await house.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Single(resumed.Ordinals);
        Assert.Equal((2, 8L, faulted.Length - 1 + excluded), (versions.Length, versions[1].Consumed.Count, versions[1].Excluded));
        Assert.Empty(await house.Grain<ITransitionLogGrain>("policy").EntriesAsync());

        Task<ToolReply>? Reply(ToolRequest request)
        {
            var ordinal = EpisodeId.Parse(request.CallId.Split('#')[0]).Ordinal;
            return ordinal is 0 or 1 or 2 && isDown ? Fault(ToolFaultKind.Unavailable) : ordinal is 7 && held ? WaitAsync(request) : null;
        }

        async Task<ToolReply> WaitAsync(ToolRequest request)
        {
            await never.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    [Fact]
    public async Task Resume_WhatNoFaultEnded_IsRefusedWithTheReason()
    {
        var ground = Solving();
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Of(Plans.Evaluate()));

        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => house.Run("other").ResumeAsync(null));
        var finished = await Assert.ThrowsAsync<ArgumentException>(() => house.Run().ResumeAsync(0));
        var missing = await Assert.ThrowsAsync<ArgumentException>(() => house.Run().ResumeAsync(99));

        Assert.Contains("There is no run 'other'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("run/0 ended as Finished", finished.Message, StringComparison.Ordinal);
        Assert.Contains("run/99 has not ended", missing.Message, StringComparison.Ordinal);
        Assert.Empty((await house.Run().ResumeAsync(null)).Ordinals);
        Assert.Equal(12, (await house.OutcomesAsync()).Length);
    }

    private static Ground Solving() => new()
    {
        Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.PriceCall(TinyWorld.ItemOf(situation.Task))]),
    };

    private static Task<ToolReply> Fault(ToolFaultKind kind) => Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(kind, "down")));
}
