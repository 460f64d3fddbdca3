using System.Net;
using System.Net.Sockets;
using StepTool.Silo.Health;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class AliveProbeTests
{
    private const string Key = "0123456789abcdef";

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    public async Task Run_SiloListens_IsAliveWithoutTheKey(string url)
    {
        await using var silo = await TemporarySilo.StartAsync("--url", url, "--api-key", Key, "--storage", "memory");

        Assert.Equal((0, ""), await ProbeAsync("--url", silo.Url));
    }

    [Fact]
    public async Task Run_NothingListens_SaysWhereItAsked()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();

        var (code, errors) = await ProbeAsync("--url", url);

        Assert.Equal(1, code);
        Assert.StartsWith($"The silo at {url} does not answer /alive: ", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Errors)> ProbeAsync(params string[] arguments)
    {
        var errors = new StringWriter();
        return (await AliveProbe.RunAsync(arguments, errors), errors.ToString());
    }
}
