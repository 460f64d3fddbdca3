using StepTool.Core.Storage;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.Engines.Embedded;

/// <summary>The embedded engine owns its container alone.</summary>
[Trait("Kind", "Storage")]
public sealed class AzureOwnershipTests
{
    [AzuriteFact]
    public async Task Start_OwnerLives_NamesItAndTheRemedies()
    {
        await using var container = TestContainer.Named();
        using var owner = AzureSilo.Build(container.Options);
        await owner.StartAsync();
        using var second = AzureSilo.Build(container.Options);

        var error = await Assert.ThrowsAsync<StorageException>(() => second.StartAsync());

        Assert.Equal(
            $"The {container.Container.Place} is in use by process {Environment.ProcessId} on {Environment.MachineName}; the embedded engine is one process. "
            + "Add --silo URL to work through that process, give another StepTool:Azure:Container, or build with -p:Engine=Orleans for several silos.",
            error.Message);
        await owner.StopAsync();
    }

    [AzuriteFact]
    public async Task Start_OwnerStopped_TakesTheContainerAtOnce()
    {
        await using var container = TestContainer.Named();
        for (var round = 0; round < 2; round++)
        {
            using var host = AzureSilo.Build(container.Options);
            await host.StartAsync().WaitAsync(TimeSpan.FromSeconds(20)); // less than a lease
            await host.StopAsync();
        }
    }
}
