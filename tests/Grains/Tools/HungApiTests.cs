using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>One API of ten hangs, in more tasks than a silo has slots; the others end meanwhile. How fast, <c>bench -- hung</c> measures.</summary>
[Trait("Kind", "Simulation")]
public sealed class HungApiTests
{
    private const int Apis = 10;
    private const int Tasks = 80;
    private const int Hung = Tasks / Apis;
    private const int CallsPerTask = 3;
    private const int Slots = 2;
    private static readonly IWorld World = CatalogueWorld.Load(CatalogueWriter.Pack(Enumerable.Range(0, Apis).Select(index =>
        LiveGround.Define(Api(index), "GET", new HttpBinding("GET", LiveGround.Host, $"/{index}")))));

    [Fact]
    public async Task HungApi_KeepsNoTaskFromItsEndThatDoesNotUseIt()
    {
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var live = new LiveGround { World = World, Options = tools => tools.Timeout = TimeSpan.FromSeconds(15) };
        live.Caller.Reply = async (number, call, cancellationToken) =>
        {
            await (call.Api == Api(0) ? answers.Task.WaitAsync(cancellationToken) : Task.CompletedTask);
            return live.Caller.Ok(number);
        };
        await using var house = await House.StartAsync(new Ground
        {
            Live = live,
            Options = options => options.MaxEpisodes = Slots,
            Policies = TestPolicies.InOrder(situation =>
                [.. Enumerable.Range(0, CallsPerTask).Select(call => new CallApi(new ToolCall(situation.Apis[0].Key, $$"""{"city":"{{situation.Task.Id}} {{call}}"}""")))]),
        });
        await house.Run().StartAsync(Plans.Serving() with { Tools = ToolMode.Live });
        await house.Run().AddTasksAsync(new TaskBatch("tasks", [.. Enumerable.Range(0, Tasks).Select(index => new AgentTask
        {
            Id = $"task-{index}",
            Query = "How is the weather?",
            Offered = [Api(index % Apis)],
            MaxTurns = CallsPerTask + 1,
        })]));

        await house.DoneAsync(Tasks - Hung);
        var others = await house.OutcomesAsync();
        answers.SetResult();
        await house.DoneAsync(Tasks);

        Assert.Equal(Enumerable.Range(0, Tasks).Where(index => index % Apis != 0).Select(index => (long)index), others.Select(outcome => outcome.Ordinal));
        Assert.All(await house.OutcomesAsync(), outcome => Assert.Equal(EpisodeStatus.Finished, outcome.Status));
    }

    private static ApiKey Api(int index) => new("weather", "sky", $"daily_{index}");
}
