using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using StepTool.Tests.Evaluation;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>
/// Two clusters on one store, each taking itself for the only one, as the halves of a network that is split: what belongs to a newer attempt, or was ended by the other half,
/// is neither overwritten, cleared nor acknowledged, and no call is sent for it.
/// </summary>
[Trait("Kind", "Simulation")]
public sealed class TwoActivationsTests
{
    private const string OrderCall = "run/0#1";

    /// <summary>An activation is held while it clears up behind its attempt; the next attempt is at work in the other half when it goes on.</summary>
    [Theory]
    [InlineData("rollout-queue")] // as it takes its rollout off the queue
    [InlineData("task")] // as it clears its record
    public async Task Activation_OfAnEndedAttempt_LeavesTheNextOneAlone(string heldState)
    {
        var silos = new TestSilos();
        var (held, released) = (New(), New());
        var ground = new Ground { Policies = TestPolicies.Ordering, Silos = silos };
        var isDown = true;
        ground.Tools.Mutate = true;
        var order = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId != OrderCall ? null
            : isDown ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : order.ReplyAsync(request);
        ground.Store.Before = (state, written) => state == heldState && written is not TaskState
            && ground.Store.Read<RunState>("run", "run") is { Completed.Count: 1 } && held.TrySetResult() ? released.Task : Task.CompletedTask;
        var (fails, made) = (false, New());
        ground.Store.Fails = (state, _, _) =>
        {
            _ = state == heldState && released.Task.IsCompleted && made.TrySetResult();
            return state == "rollout-queue" && Interlocked.Exchange(ref fails, false);
        };
        await using var first = await House.StartAsync(ground);
        await first.CompleteAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Task;
        isDown = false;

        await using var second = await House.StartAsync(ground);
        silos.Members = [.. first.Silos.Concat(second.Silos).Select(House.NameOf)];
        await second.Run().ResumeAsync(0);
        await order.Called; // the order of the second attempt is under way
        fails = heldState == "rollout-queue"; // its end is told again, from what is stored then
        released.SetResult();
        await made.Task; // what was held has come to the store
        await Task.WhenAny(first.IdleAsync(), Task.Delay(TimeSpan.FromMilliseconds(500))); // and what it leads to
        second.Crash();
        silos.Members = [.. first.Silos.Select(House.NameOf)];

        await using var third = await House.StartAsync(ground);
        var ended = await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty && state.Completed.Count == 1);
        var last = ended.Tail.MaxBy(outcome => outcome.Resumed)!; // as stored: either half may have ended it, and the other one's run not know it yet
        var (sent, fault) = (ground.Tools.Changed[OrderCall], (await third.TrajectoryAsync(last)).Fault);
        order.Abandon();
        Assert.Equal((2, ToolFaultKind.OutcomeUnknown), (sent, fault?.Tool)); // sent once in each attempt: that of the first was turned away
    }

    /// <summary>The other half plays an episode to its end before an activation of this half, whose run knows nothing of it, comes to its first write.</summary>
    [Fact]
    public async Task Call_OfAnEpisodeThatEndedInTheOtherHalf_IsNotSent()
    {
        var (decides, goesOn, decisions) = (New(), New(), 0);
        var ground = new Ground
        {
            Policies = new TestPolicies(Order)
            {
                Before = () =>
                {
                    if (Interlocked.Increment(ref decisions) > 1)
                    {
                        return Task.CompletedTask;
                    }

                    decides.SetResult();
                    return goesOn.Task;
                },
            },
        };
        ground.Tools.Mutate = true;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await decides.Task;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        await ground.Store.GoneAsync("task", "run/0");
        goesOn.SetResult();
        await first.IdleAsync();

        Assert.All(ground.Tools.Changed.Values, times => Assert.Equal(1, times));
        Assert.Empty(ground.Store.Keys("task"));
    }

    /// <summary>An attempt ends elsewhere and is resumed while an activation of it comes to its first write.</summary>
    [Fact]
    public async Task Call_OfAnAttemptThatWasResumedMeanwhile_IsNotSent()
    {
        var (decides, goesOn) = (New(), New());
        var ground = new Ground
        {
            HasPump = false,
            Policies = new TestPolicies(Order)
            {
                Before = () =>
                {
                    decides.TrySetResult();
                    return goesOn.Task;
                },
            },
        };
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Live(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await decides.Task;
        await house.Run().CompleteAsync(await FaultedAsync(ground, resumed: 0));
        Assert.Single((await house.Run().ResumeAsync(0)).Ordinals);
        goesOn.SetResult();
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);

        Assert.All(ground.Tools.Changed.Values, times => Assert.Equal(1, times));
        Assert.Equal([0, 1], (await house.OutcomesAsync()).Select(outcome => outcome.Resumed));
    }

    /// <summary>A run does not know that its episode was resumed in the other half.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_ThatTheOtherHalfHasLeftBehind_AnswersForNoAttemptThatItDoesNotKnow(bool isAsked)
    {
        var ground = new Ground { HasPump = false };
        await using var first = await House.StartAsync(ground);
        await first.EnqueuedAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await first.Run().CompleteAsync(await FaultedAsync(ground, resumed: 0));
        await first.EndedAsync();
        await using var second = await House.StartAsync(ground);
        Assert.Single((await second.Run().ResumeAsync(0)).Ordinals);

        if (isAsked)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => first.Run().RolloutAsync(0)); // not: it is over
            Assert.Equal(1, (await ByTheNextAsync(() => first.Run().RolloutAsync(0)))?.Resumes?.Number);
            return;
        }

        var end = await FaultedAsync(ground, resumed: 1);
        await Assert.ThrowsAnyAsync<Exception>(() => first.Run().CompleteAsync(end)); // not: it is stored
        await ByTheNextAsync(async () =>
        {
            await first.Run().CompleteAsync(end);
            return true;
        });
        Assert.True(ground.Store.Read<RunState>("run", "run") is { Resumed.IsEmpty: true, Tail.Length: 2 });
    }

    // How an attempt at the first episode ended by a fault.
    private static async Task<RolloutOutcome> FaultedAsync(Ground ground, int resumed)
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("run", 0), "tiny", ground.World.Tasks.First(task => task.Id == "test-24"), 1);
        var trajectory = await ground.Blobs.PutAsync(EpisodeCodec.Encode(EpisodeEngine.Fail(episode, new EpisodeFault(FaultBoundary.Policy, "away"))), default);
        return new RolloutOutcome(0, null, trajectory, EpisodeStatus.Faulted, 0, OutcomeBuilder.Outcome("test-24", Verdict.Unsolved)) { Resumed = resumed };
    }

    // The activation that has lost its race goes down after it has said so.
    private static async Task<T> ByTheNextAsync<T>(Func<Task<T>> call)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (tries < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private static AgentAction Order(Situation situation) =>
        situation.Steps.IsEmpty ? TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task)) : new Finish();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
