using Microsoft.Extensions.DependencyInjection;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>What keeps the episodes of a standing queue from their next step; the queue itself needs nothing but its own record.</summary>
[Trait("Kind", "Simulation")]
public sealed class HinderedEpisodesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BeforeASecondRetry = 1.8 * RetryBudget.AfterDamage;

    [Fact]
    public async Task Policy_DamagedThatAQueueNeeds_IsToldByTheQueueAndGoesOnWhenItIsPutBack()
    {
        var ground = new Ground();
        await using (var first = await House.StartAsync(ground))
        {
            await first.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)) with { Run = "trained" });
        }

        ground.Store.Damage("policy", "policy");
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving("policy@latest"));
        await house.Run().AddTasksAsync(new TaskBatch("tasks", [ground.World.Tasks[^1]]));

        await UntilAsync(house, obstacle => obstacle.Contains(TestStore.Damaged, StringComparison.Ordinal), BeforeASecondRetry); // other failures are told after several tries
        ground.Store.PutBack("policy", "policy");
        await house.DoneAsync(1);
        await UntilAsync(house, obstacle => obstacle.Length == 0, Patience); // once its last step has returned
    }

    private static async Task UntilAsync(House house, Func<string, bool> condition, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        while (!condition(await ObstacleAsync(house)))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    // Of several silos a run knows its own one's episodes only.
    private static async Task<string> ObstacleAsync(House house) => house.Silos.Count == 1
        ? (await house.Run().StatusAsync()).Failure
        : string.Concat(house.Silos.Select(silo => silo.GetRequiredService<EpisodeSlots>().ObstacleOf("run")));
}
