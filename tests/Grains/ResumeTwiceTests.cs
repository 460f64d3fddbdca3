using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Runs;
using StepTool.Silo.Storage;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Commands to resume come in the middle of something: no call that changes something is made twice.</summary>
[Trait("Kind", "Simulation")]
public sealed class ResumeTwiceTests
{
    private const string OrderCall = "run/0#1";

    /// <summary>A second command to resume looks while an episode of the first one ends.</summary>
    [Fact]
    public async Task Resume_AgainWhileOneEnds_PlaysItOnce()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var isDown = true;
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.Ordering,
        };
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId != "run/3#0" ? null
            : isDown ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : held.ReplyAsync(request);
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        var before = await house.CompleteAsync(Plans.Live(Plans.Evaluate()));
        Assert.Equal((12L, 1L), (before.Stages[0].Done, before.Stages[0].Faults));
        isDown = false;

        await house.Run().ResumeAsync(null);
        await held.Called; // attempt 1 of episode 3 waits for its tool
        blobs.Hold();
        var again = house.Run().ResumeAsync(null);
        await blobs.Reading; // the second command has seen what had ended, and looks at the trajectory
        held.Answer();
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Count == 12); // attempt 1 has ended
        blobs.Release();
        var second = await again;
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Count == 12);
        var status = await house.Run().StatusAsync();
        var ends = (await house.OutcomesAsync()).Where(outcome => outcome.Ordinal == 3).Select(outcome => (outcome.Status, outcome.Resumed)).ToArray();

        Assert.True(
            second.Ordinals.IsEmpty && ends.Length == 2 && status.Stages[0].Faults == 0 && ground.Tools.Changed["run/3#1"] == 1,
            $"opened again: [{string.Join(", ", second.Ordinals)}]; ends: {string.Join(", ", ends)}; order sent {ground.Tools.Changed["run/3#1"]} times; done {status.Stages[0].Done}, faults {status.Stages[0].Faults}, passed {status.Stages[0].Passed} (before {before.Stages[0].Passed})");
    }

    /// <summary>A mutating call may have been sent; its silo died; the policy cannot be had for a while; the episode is resumed.</summary>
    [Fact]
    public async Task Resume_PolicyFaultBehindACallThatMayHaveBeenSent_DoesNotSendItAgain()
    {
        var away = new AwayPolicies(TestPolicies.Ordering);
        var ground = new Ground { Policies = away };
        ground.Tools.Mutate = true;
        var (held, holds) = (new HeldCall(ground.World), true);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall && holds ? held.ReplyAsync(request) : null;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
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
        held.Abandon();
        Assert.True(sent == 1, $"order sent {sent} times; the fault was {faulted.Fault}, with {(faulted.Pending is null ? "no" : "its")} pending call");
    }

    /// <summary>A completed run that is woken by the command itself tells the index that it is over, after the command has said that it is not.</summary>
    [Fact]
    public async Task Resume_OfACompletedRun_StaysActiveInTheIndex()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var isDown = true;
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.PriceCall(TinyWorld.ItemOf(situation.Task))]),
        };
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId != "run/17#0" ? null
            : isDown ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : held.ReplyAsync(request);
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
        await held.Called;
        var after = await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync();
        var open = ground.Store.Read<RunState>("run", "run")!.Resumed.Count;
        held.Answer();
        Assert.True(after.Single().IsActive, $"{open} episode at work; the index said active {during.Single().IsActive} when it was resumed, and now {after.Single().IsActive}");
    }

    /// <summary>A command to resume is given up in its middle; the silo dies before the run writes again; the command is given anew.</summary>
    [Fact]
    public async Task Resume_GivenUpInItsMiddleThenCrash_SendsNothingTwice()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var mutated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (isDown, crashes) = (true, false);
        House? first = null;
        var stored = "";
        var ground = new Ground
        {
            Blobs = blobs,
            Policies = TestPolicies.Ordering,
        };
        ground.Tools.Mutate = true;
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId == "run/0#0" && isDown)
            {
                return held.ReplyAsync(request); // so that the run goes on
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
        await Task.WhenAny(mutated.Task, first.PlayOthersAsync());
        (isDown, crashes) = (false, false);
        blobs.Release();

        await using var second = await House.StartAsync(ground);
        await ground.Store.GoneAsync("task", "run/3"); // its rollout was on the queue, and its run does not know that it was resumed
        await second.Run().ResumeAsync(3);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Contains(3));
        var sent = ground.Tools.Changed["run/3#1"];
        held.Abandon();
        await first.DisposeAsync();
        Assert.True(sent == 1, $"order sent {sent} times; when it was sent first, {stored}");
    }

    /// <summary>A training fails, since nothing of it can be learnt from, while a command to resume its episodes looks at them.</summary>
    [Fact]
    public async Task Resume_OfARunThatFailsMeanwhile_LeavesItEndedInTheIndex()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var ground = new Ground(new TinyWorld(train: 8, test: 1)) { Blobs = blobs, Policies = TestPolicies.Ordering };
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == "run/0#0"
            ? held.ReplyAsync(request)
            : Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1, batchSize: 8)));
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Tail.Length == 7);
        blobs.HoldAfter(0);
        var command = house.Run().ResumeAsync(null);
        await blobs.Reading; // the command has decided that the run goes on
        held.Abandon();
        Assert.Equal(RunPhase.Failed, (await house.EndedAsync()).Phase);
        blobs.Release();

        await Assert.ThrowsAsync<ArgumentException>(() => command);
        Assert.False((await house.Grain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync()).Single().IsActive);
    }

    private sealed class AwayPolicies(IPolicySource policies) : IPolicySource
    {
        public volatile bool IsAway;

        public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) =>
            IsAway ? throw new PolicyException("The weights are not there.") : policies.GetAsync(reference, cancellationToken);
    }
}
