using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;
using StepTool.Grains.Transitions;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>However an episode ends, its run and its policy's log hear the same of it, and its trajectory holds every call that may have changed something.</summary>
[Trait("Kind", "Simulation")]
public sealed class EndingTests
{
    private const string OrderCall = "run/0#1";

    /// <summary>The silo dies when the log knows of a fault and the run does not; then nothing fails any more.</summary>
    [Theory]
    [InlineData(FaultBoundary.Tool)]
    [InlineData(FaultBoundary.Policy)]
    [InlineData(FaultBoundary.Judge)]
    public async Task Fault_CrashBetweenLogAndRun_IsTheEndForBoth(FaultBoundary boundary)
    {
        string? broken = null;
        var isDown = true;
        bool IsDown(FaultBoundary at, string what) => at == boundary && isDown && (Interlocked.CompareExchange(ref broken, what, null) ?? what) == what;
        void Break(FaultBoundary at, string what)
        {
            if (IsDown(at, what))
            {
                throw new PolicyException("It is away.");
            }
        }

        var ground = new Ground(new TinyWorld
        {
            Judging = episode => Break(FaultBoundary.Judge, episode.Task.Id),
        })
        {
            Deciding = (_, situation) => Break(FaultBoundary.Policy, situation.Task.Id),
        };
        ground.Tools.Reply = (request, _) => IsDown(FaultBoundary.Tool, request.CallId)
            ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : null;
        await using var first = await House.StartAsync(ground);
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TransitionLogState log && log.Entries.Values.Any(entry => entry.Trajectory is null) && crashed.TrySetResult())
            {
                first.Crash();
            }
        };
        await Task.WhenAny(first.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1))), crashed.Task); // one that is cut off meanwhile answers nobody
        await crashed.Task;
        isDown = false;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var faulted = (await second.OutcomesAsync()).Count(outcome => outcome.Status is EpisodeStatus.Faulted);
        var versions = await second.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal((1, 1), (faulted, versions.Sum(version => version.Excluded)));
    }

    /// <summary>The silo dies when the log holds a trajectory of which the run has not heard; then the policy and the judge are away.</summary>
    [Theory]
    [InlineData(FaultBoundary.Policy)]
    [InlineData(FaultBoundary.Judge)]
    public async Task Finish_CrashBetweenLogAndRun_IsTheEndForBoth(FaultBoundary boundary)
    {
        string? logged = null;
        var failures = 10;
        void Break(FaultBoundary at, string task)
        {
            if (at == boundary && task == logged && failures-- > 0)
            {
                throw new PolicyException("It is away.");
            }
        }

        var ground = new Ground(new TinyWorld { Judging = episode => Break(FaultBoundary.Judge, episode.Task.Id) }) { Deciding = (_, situation) => Break(FaultBoundary.Policy, situation.Task.Id) };
        await using var first = await House.StartAsync(ground);
        var crashed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TransitionLogState { Entries.IsEmpty: false } log && crashed.TrySetResult(log.Entries.Values.First().Trajectory!))
            {
                first.Crash();
            }
        };
        await Task.WhenAny(first.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1))), crashed.Task);
        var trajectory = await crashed.Task;
        logged = EpisodeCodec.Decode(await ground.Blobs.GetAsync(trajectory, default)).Task.Id;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Contains(trajectory, (await second.OutcomesAsync()).Select(outcome => outcome.Trajectory));
    }

    [Fact]
    public async Task Cancel_BehindACallThatMayHaveBeenSent_KeepsItAsAStep()
    {
        var ground = Ordering();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        await first.Run().CancelAsync(0);
        first.Crash();

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        AssertOrdered(await second.TrajectoryAsync(Assert.Single(await second.OutcomesAsync())), ToolFaultKind.OutcomeUnknown, ground);
        held.Abandon();
    }

    [Fact]
    public async Task Cancel_WriteOfTheResultFails_KeepsTheAnswer()
    {
        var ground = Ordering();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        var left = 1;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode: { Steps.Length: 2, Pending: null } } && left-- > 0;
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        await house.Run().CancelAsync(0);
        held.Answer();
        await house.EndedAsync();
        AssertOrdered(await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync())), fault: null, ground);
    }

    [Fact]
    public async Task Cancel_OfTheWholeRunThenCrash_KeepsWhatMayHaveBeenSent()
    {
        var ground = Ordering();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        await first.Run().CancelAsync(null);
        first.Crash();

        await using var second = await House.StartAsync(ground);
        await ground.Store.GoneAsync("task", "run/0");
        AssertOrdered(await second.TrajectoryAsync(Assert.Single(await second.OutcomesAsync())), ToolFaultKind.OutcomeUnknown, ground);
        held.Abandon();
    }

    private static void AssertOrdered(Episode episode, ToolFaultKind? fault, Ground ground)
    {
        Assert.Equal((EpisodeStatus.Cancelled, 2, 1), (episode.Status, episode.Steps.Length, ground.Tools.Sent[OrderCall]));
        Assert.Equal((TinyWorld.OrderCall(24).Call, fault), (episode.Steps[1].Call, episode.Steps[1].Fault));
    }

    private static Ground Ordering()
    {
        var ground = new Ground { Policies = TestPolicies.Ordering };
        ground.Tools.Mutate = true;
        return ground;
    }
}
