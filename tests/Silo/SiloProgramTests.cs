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
            await ErrorAsync(1, "--url", url, "--storage", "memory"));
    }

    [Fact]
    public async Task Run_BeyondLoopbackWithoutKey_DoesNotStart() =>
        Assert.Contains("beyond loopback a key is required", await ErrorAsync(2, "--url", "http://0.0.0.0:0", "--storage", "memory"), StringComparison.Ordinal);

    [Fact]
    public async Task Run_ValueOfAnotherType_NamesKeyAndValue()
    {
        var error = await ErrorAsync(2, "--storage", "paper");

        Assert.Equal("StepTool:Storage is 'paper'; it must be one of sqlite, memory, azure. Correct it, or leave it out for its default.", error);
    }

    [Fact]
    public async Task Run_EpisodesOutOfRange_DoesNotStart() =>
        Assert.Contains("MaxEpisodes", await ErrorAsync(2, "--url", "http://127.0.0.1:0", "--storage", "memory", "--max-episodes", "0"), StringComparison.Ordinal);

    [Fact]
    public async Task Run_DataDirectoryInUse_NamesTheProcessAndItsUrl()
    {
        await using var silo = await TemporarySilo.StartAsync();

        var error = await ErrorAsync(1, "--url", "http://127.0.0.1:0", "--data-dir", silo.Folder.Of("data"));

        Assert.Contains($"is in use by process {Environment.ProcessId}", error, StringComparison.Ordinal);
        Assert.Contains($"Commands work through it with --silo {silo.Url}; a second silo needs another --data-dir.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "  --max-episodes <N>")]
    [InlineData("-h", "[default: http://127.0.0.1:5080]")]
    [InlineData("--version", ".")]
    public async Task Run_HelpOrVersion_IsAnsweredAndNothingStarts(string argument, string expected)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());

        Assert.Equal(0, await SiloProgram.RunAsync([argument], output, errors).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
        Assert.Empty(errors.ToString());
    }

    private static async Task<string> ErrorAsync(int code, params string[] arguments)
    {
        var errors = new StringWriter();
        Assert.Equal(code, await SiloProgram.RunAsync(arguments, TextWriter.Null, errors));
        return errors.ToString().TrimEnd();
    }
}
