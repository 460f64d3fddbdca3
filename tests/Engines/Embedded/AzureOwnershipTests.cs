using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using StepTool.Tests.Grains;
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
            + "Let that one stop, give this silo another StepTool:Azure:Container, or build with -p:Engine=Orleans for several silos.",
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

    [AzuriteFact]
    public async Task Start_OwnerKilled_IsSaidOnceHoweverOftenItIsTried()
    {
        await using var container = await TestContainer.CreateAsync();
        var killed = await container.KilledOwnerAsync();
        var (clock, log) = (new ManualClock(), new TestLog());
        using var host = new HostBuilder().Build();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var ownership = new AzureOwnership(container.Container, host.Services.GetRequiredService<IHostApplicationLifetime>(), clock, loggers.CreateLogger<AzureOwnership>());

        var start = ownership.StartAsync(default);
        for (var tries = 0; tries < 3; tries++)
        {
            await clock.ArmedAsync(TimeSpan.FromSeconds(1));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await killed.ReleaseAsync();
        while (!start.IsCompleted)
        {
            clock.AdvanceToNext();
            await Task.Yield();
        }

        await start;
        Assert.Equal(1, log.Count("was last owned by process 999999 on nowhere; waiting up to 30 seconds for its lease to end."));
        await ownership.StopAsync(default);
    }
}
