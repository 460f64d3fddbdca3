using System.Net;
using System.Net.Sockets;
using StepTool.Silo.Hosting;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class SiloProgramTests
{
    [Fact]
    public async Task Run_PortIsTaken_FailsWithUrlRuleAndRemedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        Assert.Equal(
            $"StepTool:Url is '{url}', where another process listens; the port must be free. Stop that process, or give another such as --url http://127.0.0.1:5081 (port 0 takes a free one).",
            await ErrorAsync("--url", url, "--storage", "memory"));
    }

    [Fact]
    public async Task Run_BeyondLoopbackWithoutKey_DoesNotStart() =>
        Assert.Contains("beyond loopback a key is required", await ErrorAsync("--url", "http://0.0.0.0:0", "--storage", "memory"), StringComparison.Ordinal);

    [Fact]
    public async Task Run_ValueOfAnotherType_NamesKeyAndValue()
    {
        var error = await ErrorAsync("--storage", "paper");

        Assert.Contains("paper", error, StringComparison.Ordinal);
        Assert.Contains("StepTool:Storage", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EpisodesOutOfRange_DoesNotStart() =>
        Assert.Contains("MaxEpisodes", await ErrorAsync("--url", "http://127.0.0.1:0", "--storage", "memory", "--max-episodes", "0"), StringComparison.Ordinal);

    [Fact]
    public async Task Run_DataDirectoryInUse_NamesTheProcessAndItsUrl()
    {
        await using var silo = await TemporarySilo.StartAsync();

        var error = await ErrorAsync("--url", "http://127.0.0.1:0", "--data-dir", silo.Folder.Of("data"));

        Assert.Contains($"is in use by process {Environment.ProcessId}", error, StringComparison.Ordinal);
        Assert.Contains($"Add --silo {silo.Url}", error, StringComparison.Ordinal);
    }

    private static async Task<string> ErrorAsync(params string[] arguments)
    {
        var errors = new StringWriter();
        Assert.Equal(1, await SiloProgram.RunAsync(arguments, errors));
        return errors.ToString().TrimEnd();
    }
}
