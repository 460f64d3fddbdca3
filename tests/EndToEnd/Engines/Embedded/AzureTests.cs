using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

[Trait("Kind", "Storage")]
public sealed class AzureTests
{
    [AzuriteFact]
    public async Task Train_SiloStopped_GoesOnAtAnotherOverTheSameContainer()
    {
        await using var container = TestContainer.Named();
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["StepTool__Azure__ConnectionString"] = container.Options.ConnectionString,
            ["StepTool__Azure__Container"] = container.Options.Container,
        };
        using (var first = await SiloProcess.StartAsync(environment, "--storage", "azure"))
        {
            using var console = ConsoleProcess.Start(
                folder.Path, "train", "--silo", first.Url, "--no-floors", "--iterations", "16", "--batch", "16", "--curve-points", "1", "--dev-tasks", "20", "--test-tasks", "40");
            await console.WaitForAsync("0:0"); // the first look at the run, whatever it is at
            first.Signal("-TERM"); // at once: a fast one might end the run while the console leaves
            console.Interrupt();
            await console.EndAsync();
            Assert.Equal(0, await first.EndAsync());
        }

        var left = (await container.NamesAsync()).Count;
        using var second = await SiloProcess.StartAsync(environment, "--storage", "azure");
        var watched = await ConsoleRun.OfAsync("runs", "watch", "train-built-in-1", "--silo", second.Url);
        var policy = await ConsoleRun.OfAsync("policy", "show", "train-built-in-1", "--silo", second.Url);

        Assert.True(watched.ExitCode == 0, watched.Errors + second.Output);
        Assert.Contains("train-built-in-1: completed", watched.Output, StringComparison.Ordinal);
        Assert.Contains("16 promoted", policy.Output + policy.Errors, StringComparison.Ordinal);
        Assert.True((await container.NamesAsync()).Count > left, "The first silo had done everything before it was stopped.");
        Assert.Equal(0, await second.StopAsync());
    }
}
