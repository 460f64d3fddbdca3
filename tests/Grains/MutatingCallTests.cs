using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using StepTool.Tests.Evaluation;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>An order is sent at most once, whatever breaks around it.</summary>
[Trait("Kind", "Simulation")]
public sealed class MutatingCallTests
{
    private const string OrderCall = "run/0#1";

    [Fact]
    public async Task Call_ThatMutates_IsStoredAsAnIntentBefore()
    {
        var ground = Ordering();
        TaskState? stored = null;
        ground.Tools.Reply = (request, _) =>
        {
            stored = request.CallId == OrderCall ? ground.Store.Read<TaskState>("task", "run/0") : stored;
            return null;
        };
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal(TinyWorld.OrderCall(24), stored?.Episode.Pending?.Action);
        Assert.Equal((EpisodeStatus.Finished, 1), (outcome.Status, ground.Tools.Sent[OrderCall]));
    }

    [Fact]
    public async Task Crash_BetweenIntentAndResult_IsOfUnknownOutcomeAndNotSentAgain()
    {
        var ground = Ordering();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        first.Crash();

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var episode = await second.TrajectoryAsync(Assert.Single(await second.OutcomesAsync()));
        Assert.Equal((EpisodeStatus.Faulted, ToolFaultKind.OutcomeUnknown, 1), (episode.Status, episode.Fault?.Tool, episode.Steps.Length));
        Assert.Equal(1, ground.Tools.Sent[OrderCall]);
        held.Abandon();
    }

    [Fact]
    public async Task Intent_OfASiloThatIsAliveStill_IsSeenToItsEndThere()
    {
        var silos = new TestSilos();
        var ground = Ordering(silos: silos);
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? held.ReplyAsync(request) : null;
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await held.Called;
        silos.Members = [.. first.Silos.Select(House.NameOf)];
        silos.Asked = _ => held.Answer();
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TaskState { Episode.Steps.Length: 2 })
            {
                first.Crash(); // all that it had to do is stored
            }
        };

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Equal((EpisodeStatus.Finished, 1), (Assert.Single(await second.OutcomesAsync()).Status, ground.Tools.Sent[OrderCall]));
    }

    [Fact]
    public async Task Silo_ThatIsToldToLeaveBetweenIntentAndCall_LeavesTheCallToTheNext()
    {
        var ground = Ordering();
        var first = await House.StartAsync(ground);
        var lifetimes = first.Silos.Select(silo => silo.GetRequiredService<IHostApplicationLifetime>()).ToArray();
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TaskState { Episode.Pending: not null } && stored.TrySetResult())
            {
                Array.ForEach(lifetimes, lifetime => lifetime.StopApplication());
            }
        };
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await stored.Task;
        await first.DisposeAsync();
        Assert.DoesNotContain(OrderCall, ground.Tools.Sent);

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Equal((EpisodeStatus.Finished, 1), (Assert.Single(await second.OutcomesAsync()).Status, ground.Tools.Sent[OrderCall]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Intent_WhoseFirstWithdrawalFails_LeavesTheCallToTheNext(bool failsAfterStoring)
    {
        var ground = Ordering();
        var first = await House.StartAsync(ground);
        var lifetimes = first.Silos.Select(silo => silo.GetRequiredService<IHostApplicationLifetime>()).ToArray();
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = 1;
        ground.Store.FailsAfterStoring = failsAfterStoring;
        ground.Store.Fails = (_, _, written) => stored.Task.IsCompleted && written is TaskState { Episode.Pending: null } && left-- > 0;
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TaskState { Episode.Pending: not null } && stored.TrySetResult())
            {
                Array.ForEach(lifetimes, lifetime => lifetime.StopApplication());
            }
        };
        await first.Run().StartAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        await stored.Task;
        await first.DisposeAsync();

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        Assert.Equal((EpisodeStatus.Finished, 1, 1), (Assert.Single(await second.OutcomesAsync()).Status, ground.Tools.Sent.GetValueOrDefault(OrderCall), ground.Store.Failures));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_OfTheResultFails_IsMadeAgainWithTheAnswerAtHand(bool failsAfterStoring)
    {
        var ground = Ordering();
        var left = 2;
        ground.Store.FailsAfterStoring = failsAfterStoring;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode: { Steps.Length: 2, Pending: null } } && left-- > 0;
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal((EpisodeStatus.Finished, 1), (outcome.Status, ground.Tools.Sent[OrderCall]));
        Assert.InRange(ground.Store.Failures, 1, 2);
    }

    [Fact]
    public async Task Write_OfTheIntentFails_IsMadeAgainBeforeTheCall()
    {
        var ground = Ordering();
        var left = 2;
        ground.Store.Fails = (_, _, written) => written is TaskState { Episode.Pending: not null } && left-- > 0;
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal((EpisodeStatus.Finished, 1, 2), (outcome.Status, ground.Tools.Sent[OrderCall], ground.Store.Failures));
    }

    [Fact]
    public async Task LostRace_OnTheResult_ReadsAfreshAndDoesNotSendAgain()
    {
        var ground = Ordering();
        ground.Tools.Reply = (request, _) =>
        {
            if (request.CallId == OrderCall)
            {
                ground.Store.Touch("task", "run/0");
            }

            return null;
        };
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal((EpisodeStatus.Finished, 1), (outcome.Status, ground.Tools.Sent[OrderCall]));
    }

    [Fact]
    public async Task Deferred_WasNotSent_IsAskedAgain()
    {
        var ground = Ordering();
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall && ground.Tools.Sent[OrderCall] == 1
            ? Task.FromResult<ToolReply>(new ToolDeferred(TimeSpan.Zero))
            : null;
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal((EpisodeStatus.Finished, 2), (outcome.Status, ground.Tools.Sent[OrderCall]));
    }

    [Fact]
    public async Task Adapter_Throws_IsAFaultAndNotSentAgain()
    {
        var ground = Ordering();
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? throw new InvalidOperationException("the line broke") : null;
        await using var house = await House.StartAsync(ground);
        var outcome = await PlayAsync(house);
        Assert.Equal((EpisodeStatus.Faulted, 1), (outcome.Status, ground.Tools.Sent[OrderCall]));
    }

    [Fact]
    public async Task Episode_EndedElsewhereDuringItsCall_IsNotPlayedAgain()
    {
        var ground = Ordering(hasPump: false);
        await using var house = await House.StartAsync(ground);
        ground.Tools.Reply = (request, _) => request.CallId == OrderCall ? EndAsync(request) : null;
        await house.EnqueuedAsync(Plans.Live(Plans.Evaluate()));
        await house.Task(0).RunAsync();
        await house.IdleAsync();
        Assert.Equal(1, ground.Tools.Sent[OrderCall]);
        Assert.Empty(ground.Store.Keys("task"));
        Assert.Equal(EndedElsewhere.Trajectory, Assert.Single(await house.OutcomesAsync()).Trajectory); // its lists are copies where it crossed silos

        async Task<ToolReply> EndAsync(ToolRequest request)
        {
            await house.Run().CompleteAsync(EndedElsewhere);
            ground.Store.Remove("task", "run/0");
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    [Fact]
    public async Task Episode_EndedElsewhereBeforeItsFirstWrite_SendsNothing()
    {
        var (decides, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ground = new Ground
        {
            HasPump = false,
            Policies = new TestPolicies(situation => TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task)))
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
        await house.Run().CompleteAsync(EndedElsewhere);
        goesOn.SetResult();
        await house.IdleAsync();
        Assert.Empty(ground.Tools.Sent);
        Assert.Empty(ground.Store.Keys("task"));
    }

    /// <summary>How another silo's activation ended the first episode.</summary>
    private static RolloutOutcome EndedElsewhere { get; } =
        new(0, null, new string('0', 64), EpisodeStatus.Finished, 1, OutcomeBuilder.Outcome("test-24", Verdict.Solved));

    private static Ground Ordering(bool hasPump = true, ISiloView? silos = null)
    {
        var ground = new Ground
        {
            HasPump = hasPump,
            Silos = silos,
            Policies = TestPolicies.Ordering,
        };
        ground.Tools.Mutate = true;
        return ground;
    }

    private static async Task<RolloutOutcome> PlayAsync(House house)
    {
        await house.CompleteAsync(Plans.Live(Plans.Evaluate() with { MaxTasks = 1 }));
        return Assert.Single(await house.OutcomesAsync());
    }
}
