using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Silo.Cluster;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class ClusterHttpTests
{
    [Fact]
    public async Task Send_GivenSiloIsGone_GoesOnAtOneThatTheClusterNamedAndSaysSoOnce()
    {
        await using var other = await TemporarySilo.StartAsync();
        var errors = new StringWriter();
        using var http = new ClusterHttp(Unused(), "", new Terminal(TextWriter.Null, errors, isInteractive: false));
        http.Learn(Cluster(other.Url));

        using var first = await http.SendAsync(HttpMethod.Get, "/alive", null, default);
        using var second = await http.SendAsync(HttpMethod.Get, "/alive", null, default);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal($"The silo at {http.Given} does not answer any more; going on with {other.Url}/{Environment.NewLine}", errors.ToString());
    }

    [Fact]
    public async Task Send_GivenSiloTakesTheRequestAndSaysNothing_GoesOnAtAnother()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var other = await TemporarySilo.StartAsync();
        using var http = new ClusterHttp(new Uri($"http://{silent.LocalEndpoint}"), "", new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), patience: TimeSpan.FromSeconds(1));
        http.Learn(Cluster(other.Url));

        using var response = await http.SendAsync(HttpMethod.Get, "/alive", null, default);

        Assert.Equal((HttpStatusCode.OK, new Uri(other.Url)), (response.StatusCode, http.Current));
    }

    [Fact]
    public async Task Send_SlowSilo_MayTakeAsLongAsTheBytesNeed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var slow = builder.Build();
        slow.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await Task.Delay(TimeSpan.FromSeconds(1.5));
        });
        await slow.StartAsync();
        using var http = new ClusterHttp(new Uri(slow.Urls.Single()), "", new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), patience: TimeSpan.FromSeconds(1));

        using var response = await http.SendAsync(HttpMethod.Put, "/", new byte[1 << 19], default);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Send_GivenByHttps_NeverSendsTheKeyOverHttp()
    {
        await using var other = await TemporarySilo.StartAsync();
        var given = new UriBuilder(Unused()) { Scheme = Uri.UriSchemeHttps }.Uri;
        using var http = new ClusterHttp(given, "0123456789abcdef", new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false));

        http.Learn(Cluster(other.Url));

        Assert.Equal([given], http.Known);
    }

    private static ClusterDescription Cluster(params string[] urls) =>
        new("embedded", "1", "abc", "c", "s", false, [.. urls.Select(url => new SiloDescription(url, url, "/gateway", new Dictionary<string, string>()))]);

    private static Uri Unused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
