using Microsoft.Extensions.DependencyInjection;
using StepTool.Grains.Tasks;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

[Trait("Kind", "Simulation")]
public sealed class RolloutPumpTests
{
    [Fact]
    public async Task Stop_WhileTasksAreBeingStarted_ComplainsOfNothing()
    {
        var (isReading, mayRead) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var ground = new Ground(new TinyWorld(train: 4, test: 4));
        ground.Store.Reading = state =>
        {
            if (state != "task")
            {
                return Task.CompletedTask;
            }

            isReading.TrySetResult();
            return mayRead.Task;
        };
        var house = await House.StartAsync(ground);
        var slots = house.Services.GetRequiredService<EpisodeSlots>();
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        await isReading.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var stopping = house.DisposeAsync().AsTask();
        while (slots.Held > 0)
        {
            await Task.Yield();
        }

        mayRead.SetResult();
        await stopping;
        Assert.Equal(0, ground.Store.Log.Count("could not be started"));
    }
}
