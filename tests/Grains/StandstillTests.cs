using StepTool.Core.Runs;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>A run that stands still says why, though its own record is written without fault.</summary>
[Trait("Kind", "Simulation")]
public sealed class StandstillTests
{
    [Fact]
    public async Task Status_EpisodesCannotBeStored_SaysWhyUntilTheyCan()
    {
        var (isFull, writes) = (true, 0);
        var insisted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ground = new Ground();
        ground.Store.Fails = (state, key, _) =>
        {
            if (isFull && key == "run/0" && ++writes == 6)
            {
                insisted.SetResult();
            }

            return isFull && state == "task";
        };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await insisted.Task;

        var during = await house.Run().StatusAsync();
        isFull = false;
        var after = await house.EndedAsync();

        Assert.Equal((RunPhase.Running, RunPhase.Completed, ""), (during.Phase, after.Phase, after.Failure));
        Assert.Contains("The test let this write fail.", during.Failure, StringComparison.Ordinal);
    }
}
