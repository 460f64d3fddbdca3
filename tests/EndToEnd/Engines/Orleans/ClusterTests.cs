using System.Diagnostics;
using System.Globalization;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Silo.Cluster;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>Silos as processes of their own, one cluster, one container.</summary>
[Trait("Kind", "Cluster")]
public sealed class ClusterTests
{
    private const string ApiKey = "0123456789abcdef";

    [AzuriteFact]
    public async Task Train_SiloOfTheConsoleIsKilled_GoesOnAtTheOther()
    {
        await using var container = TestContainer.Named();
        using var folder = new TemporaryFolder();
        using var first = await SiloProcess.StartAsync(Environment(container), "--storage", "azure");
        using var second = await SiloProcess.StartAsync(Environment(container), "--storage", "azure", "--primary", await SiloProcess.SiloPortAsync(first.Url, ApiKey));

        using var console = ConsoleProcess.Start(
            folder.Path, "train", "--silo", second.Url, "--no-floors", "--iterations", "12", "--batch", "16", "--curve-points", "1", "--dev-tasks", "20", "--test-tasks", "40", "--out", "trained");
        await console.WaitForAsync("0:0"); // the first look at the run, whatever it is at
        Assert.Equal(2, (await DescribeAsync(second.Url)).Silos.Count);
        Signal("-KILL", second.Id);
        var (exitCode, output, errors) = await console.EndAsync();

        Assert.True(exitCode == 0, output + errors + first.Output);
        Assert.Contains($"The silo at {second.Url}/ does not answer any more; going on with {first.Url}/", errors, StringComparison.Ordinal);
        var trained = Report.FromJson(await File.ReadAllTextAsync(folder.Of("trained", "report.json"))).Methods[0];
        Assert.Equal((12L, 0), (trained.Updates, trained.Excluded.ToolFault + trained.Excluded.PolicyFault));
        Assert.Equal(first.Url, Assert.Single((await DescribeAsync(first.Url)).Silos).Url);
        Assert.Equal(0, await first.StopAsync());
    }

    [RedisFact]
    public async Task Queue_SilosByRedis_ShareTheWorkAndTheFirstMayLeave()
    {
        await using var container = TestContainer.Named();
        await using var redis = await RedisProcess.StartAsync();
        using var folder = new TemporaryFolder();
        var environment = Environment(container).Append(KeyValuePair.Create("StepTool__Clustering__ConnectionString", redis.ConnectionString)).ToList();
        string[] arguments = ["--storage", "azure", "--clustering", "redis", "--silo-port", "0", "--gateway-port", "0", "--api-key", ApiKey];
        using var first = await SiloProcess.StartAsync(environment, [.. arguments, "--label", "place=first"]);
        using var second = await SiloProcess.StartAsync(environment, arguments);
        await File.WriteAllLinesAsync(folder.Of("tasks.jsonl"), BuiltInWorld.Create().Tasks.Take(60).Select(task => $$"""{"task": "{{task.Id}}"}"""));

        var silos = (await DescribeAsync(second.Url)).Silos;
        using var console = ConsoleProcess.Start(
            folder.Path, "queue", "add", "tasks.jsonl", "--policy", "floor:bm25@1", "--silo", second.Url, "--api-key", ApiKey, "--watch");
        await console.WaitForAsync("60 tasks queued");
        var left = await first.StopAsync();
        var (exitCode, output, errors) = await console.EndAsync();

        Assert.Equal(new[] { first.Url, second.Url }.Order(), silos.Select(silo => silo.Url).Order());
        Assert.Equal("first", silos.Single(silo => silo.Url == first.Url).Labels["place"]);
        Assert.Equal((0, 0), (left, exitCode));
        Assert.Contains("0 waiting or running, 60 ended", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_StoodStillUntilItWasDeclaredDead_EndsItselfWithTheReason()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["--storage", "memory", "--data-dir", folder.Path];
        using var first = await SiloProcess.StartAsync([], arguments);
        using var second = await SiloProcess.StartAsync([], [.. arguments, "--primary", await SiloProcess.SiloPortAsync(first.Url)]);

        Signal("-STOP", second.Id);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await SiloProcess.DescribeAsync(first.Url)).Silos.Count > 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }

        Signal("-CONT", second.Id);
        Assert.Equal(1, await second.EndAsync());
        Assert.Contains("This silo ends at once", second.Output, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync());
    }

    private static Dictionary<string, string> Environment(TestContainer container) => new()
    {
        ["StepTool__Azure__ConnectionString"] = container.Options.ConnectionString,
        ["StepTool__Azure__Container"] = container.Options.Container,
    };

    private static Task<ClusterDescription> DescribeAsync(string url) => SiloProcess.DescribeAsync(url, ApiKey);

    private static void Signal(string signal, int process) => Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
}
