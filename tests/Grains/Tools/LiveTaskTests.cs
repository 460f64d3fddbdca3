using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>Episodes whose calls are real.</summary>
[Trait("Kind", "Simulation")]
public sealed class LiveTaskTests
{
    [Fact]
    public async Task Episode_CallsForReal_AndItsStepSaysSo()
    {
        var ground = Make(LiveGround.Daily);
        await using var house = await House.StartAsync(ground);
        var step = (await PlayAsync(house, ToolMode.Live)).Steps[0];
        Assert.Equal(("real 1", Provenance.Real, 200), (step.Observation, step.Provenance, step.Real?.Status));
    }

    [Fact]
    public async Task Crash_DuringAMutatingCall_IsOfUnknownOutcomeAndNotMadeAgain()
    {
        var ground = Make(LiveGround.Order);
        var never = new TaskCompletionSource<LiveReply>();
        ground.Live!.Caller.Reply = (_, _, _) => never.Task;
        await using var first = await House.StartAsync(ground);
        await StartAsync(first, ToolMode.Live);
        await ground.Live.Caller.Arrived.WaitAsync();
        Assert.NotNull(ground.Store.Read<TaskState>("task", "run/0")?.Episode.Pending);
        first.Crash();

        await using var second = await House.StartAsync(ground);
        var episode = await EndedAsync(second);
        Assert.Equal((EpisodeStatus.Faulted, ToolFaultKind.OutcomeUnknown, 1), (episode.Status, episode.Fault?.Tool, ground.Live.Caller.Count));
        never.SetResult(ground.Live.Caller.Ok(1));
    }

    [Fact]
    public async Task Api_GrainEndsDuringAMutatingCall_ItIsNotMadeAgain()
    {
        var ground = Make(LiveGround.Order);
        var answered = new TaskCompletionSource<LiveReply>();
        ground.Live!.Caller.Reply = (_, _, _) => answered.Task;
        await using var house = await House.StartAsync(ground);
        await StartAsync(house, ToolMode.Live);
        await ground.Live.Caller.Arrived.WaitAsync();
        var end = house.DeactivateAsync(LiveGround.Api(house, LiveGround.Order));
        answered.SetResult(ground.Live.Caller.Ok(1));
        await end;
        Assert.Equal((EpisodeStatus.Finished, 1), ((await EndedAsync(house)).Status, ground.Live.Caller.Count));
    }

    [Fact]
    public async Task Call_LongerThanItsSlotIsHeld_LetsAnotherEpisodeRun()
    {
        var (hangs, freed) = (new TaskCompletionSource<LiveReply>(), new TaskCompletionSource());
        var ground = Make(LiveGround.Daily, options => options.MaxEpisodes = 1);
        ground.Live!.Caller.Reply = (number, _, _) =>
        {
            if (number == 1)
            {
                return hangs.Task;
            }

            freed.TrySetResult();
            return Task.FromResult(ground.Live.Caller.Ok(number));
        };
        await using var house = await House.StartAsync(ground);
        await StartAsync(house, ToolMode.Live, tasks: 2);
        await freed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await house.DoneAsync(1);
        hangs.SetResult(ground.Live.Caller.Ok(1));
        await house.DoneAsync(2);
        Assert.All(await house.OutcomesAsync(), outcome => Assert.Equal(EpisodeStatus.Finished, outcome.Status));
    }

    private static Ground Make(ApiKey api, Action<StepTool.Grains.Hosting.GrainsOptions>? options = null) => new()
    {
        Live = new LiveGround { Options = tools => tools.SlotHold = TimeSpan.FromMilliseconds(20) },
        Options = options ?? (_ => { }),
        Policies = TestPolicies.InOrder(situation => [new CallApi(new ToolCall(api, $$"""{"city":"{{situation.Task.Id}}"}"""))]),
    };

    private static async Task<Episode> PlayAsync(House house, ToolMode mode)
    {
        await StartAsync(house, mode);
        return await EndedAsync(house);
    }

    private static async Task StartAsync(House house, ToolMode mode, int tasks = 1)
    {
        await house.Run().StartAsync(Plans.Serving() with { Tools = mode });
        await house.Run().AddTasksAsync(new TaskBatch("tasks", [.. Enumerable.Range(0, tasks).Select(index => new AgentTask
        {
            Id = $"Rome {index}",
            Query = "How is the weather?",
            Offered = [LiveGround.Daily, LiveGround.Order],
            MaxTurns = 3,
        })]));
    }

    private static async Task<Episode> EndedAsync(House house)
    {
        await house.DoneAsync(1);
        return await house.TrajectoryAsync(Assert.Single(await house.OutcomesAsync()));
    }
}
