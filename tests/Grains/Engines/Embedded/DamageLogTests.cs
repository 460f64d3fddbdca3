using StepTool.Core.Runs;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What a silo's log has of a damaged record; on Orleans, Orleans adds its own.</summary>
[Trait("Kind", "Simulation")]
public sealed class DamageLogTests
{
    [Fact]
    public async Task Run_DamagedWithManyEpisodesWaiting_IsToldInOneLine()
    {
        var ground = new Ground(new TinyWorld(train: 24, test: 24));
        var idle = new Ground(ground.World) { Store = ground.Store, Blobs = ground.Blobs, HasPump = false };
        await using (var house = await House.StartAsync(idle))
        {
            await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
            await ground.Store.WhenAsync<StepTool.Grains.Runs.RunState>("run", "run", state => state.Enqueued == 24);
        }

        ground.Store.Damage("run", "run");
        await using (var house = await House.StartAsync(ground))
        {
            Assert.Equal(RunPhase.Completed, (await house.CompleteAsync(Plans.Of(Plans.Evaluate()) with { Run = "other" })).Phase);
        }

        Assert.Equal(1, ground.Store.Log.Count(TestStore.Damaged));
    }
}
