using System.Net;
using System.Net.Sockets;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using Xunit;
using static StepTool.Tests.Silo.Tools.LiveHouse;

namespace StepTool.Tests.Silo.Tools;

/// <summary>How an HTTP answer, and the lack of one, is told.</summary>
[Trait("Kind", "Unit")]
public sealed class HttpCallerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task CallAsync_Json_IsTheAnswerWithItsProvenance()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/ok")));

        Assert.Equal((ToolStatus.Ok, "", """{"ok": true}""", Provenance.Real), (answer.Status, answer.Error, answer.Response, answer.Provenance));
        Assert.Equal((house.Time.GetUtcNow(), 200, false), (answer.Real!.At, answer.Real.Status, answer.Real.IsCut));
        Assert.True(answer.Real.Duration > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(400, ToolStatus.RequestError, false)]
    [InlineData(401, ToolStatus.Unauthorised, false)]
    [InlineData(403, ToolStatus.Unauthorised, false)]
    [InlineData(404, ToolStatus.NotFound, false)]
    [InlineData(408, ToolStatus.TimedOut, true)]
    [InlineData(429, ToolStatus.RateLimited, true)]
    [InlineData(500, ToolStatus.RequestError, true)]
    [InlineData(503, ToolStatus.RequestError, true)]
    public async Task CallAsync_ErrorStatus_IsAnObservationThatHoldsTheBody(int status, ToolStatus expected, bool isTransient)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, $"/status/{status}"));

        var answer = Answer(reply);
        Assert.Equal((expected, isTransient, status, """{"message": "as asked"}"""), (answer.Status, reply.IsTransient, answer.Real!.Status!.Value, answer.Response));
        Assert.StartsWith($"HTTP {status} ", answer.Error, StringComparison.Ordinal);
        Assert.EndsWith(""": {"message": "as asked"}""", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("Thu, 01 Jan 2026 00:02:00 GMT", 120)]
    [InlineData("Wed, 01 Jan 2025 00:00:00 GMT", 0)]
    [InlineData("soon", null)]
    public async Task CallAsync_RetryAfter_IsReadAsSecondsAndAsDate(string header, int? seconds)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/status/429", parameters: Apis.Query("after")), new { after = header });

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, reply.RetryAfter);
    }

    [Theory]
    [InlineData("/hang")]
    [InlineData("/drip")]
    public async Task CallAsync_Cancelled_ThrowsAndLetsTheServerGo(string path)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => house.CallAsync(Apis.Http(server.Url, path), null, cancel.Token).AsTask());

        await server.Aborted.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData("GET", ToolFaultKind.Unavailable, true)]
    [InlineData("POST", ToolFaultKind.OutcomeUnknown, false)]
    public async Task CallAsync_Reset_IsAFaultThatKnowsWhetherItMayBeRepeated(string method, ToolFaultKind kind, bool isTransient)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/reset", method));

        Assert.Equal((kind, isTransient, false), (Fault(reply).Kind, reply.IsTransient, reply.NeverSent));
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task CallAsync_ResponseBreaksOff_IsAFaultOfASafeCall()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/break"));

        Assert.Equal((ToolFaultKind.Unavailable, true), (Fault(reply).Kind, reply.IsTransient));
    }

    [Fact]
    public async Task CallAsync_ResponseOfAMutatingCallBreaksOff_IsItsAnswerCut()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeHalfAsync(listener);
        var host = listener.LocalEndpoint.ToString()!;
        await using var house = LiveHouse.Create(new() { ["AllowedHosts:0"] = host, ["AllowPrivateAddresses"] = "true" });

        var answer = Answer(await house.CallAsync(Apis.Http($"http://{host}", "/", "POST")));
        await served;

        Assert.Equal((ToolStatus.Ok, true), (answer.Status, answer.Real!.IsCut));
        Assert.StartsWith("the beginning", answer.Response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/long")]
    [InlineData("/bomb")]
    public async Task CallAsync_LongerThanTheLimit_IsCutAndSaysSo(string path)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server, ("MaxResponseBytes", "2000"));
        var before = GC.GetTotalAllocatedBytes();

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, path)));

        Assert.True(answer.Real!.IsCut);
        Assert.EndsWith("\n[cut: the end is missing; at most 2,000 bytes are read]", answer.Response, StringComparison.Ordinal);
        Assert.InRange(answer.Response.Length, 2000, 2100);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200L << 20); // the server's own included; nothing like what it sends, again and again
    }

    [Fact]
    public async Task CallAsync_DamagedCompression_IsATransientFault()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/damaged"));

        Assert.Equal((ToolFaultKind.Unavailable, true), (Fault(reply).Kind, reply.IsTransient));
    }

    [Theory]
    [InlineData("text/html", "utf-8", """{"a": 1}""", """{"a": 1}""")]
    [InlineData("application/json", "utf-8", """{"a": 1""", """{"a": 1""")]
    [InlineData("application/json; charset=utf-16", "utf-16", """{"a": "ä€"}""", """{"a": "ä€"}""")]
    [InlineData("text/plain; charset=iso-8859-1", "iso-8859-1", "Blåbær", "Blåbær")]
    [InlineData("text/plain; charset=no-such", "utf-8", "Blåbær", "Blåbær")]
    [InlineData("", "utf-8", "plain", "plain")]
    [InlineData("text/plain", "utf-8", "a bell\a and an escape\u001b[31m in a longer text", "a bell\uFFFD and an escape\uFFFD[31m in a longer text")]
    [InlineData("application/json", "utf-8", """["\u001b[31m", "\ud83d\ude00", "\ud83d", "\\u001b"]""", """["\ufffd[31m", "\ud83d\ude00", "\ufffd", "\\u001b"]""")]
    public async Task CallAsync_Text_IsReadAsItsCharsetSaysAndWithoutControlCharacters(string type, string encoding, string text, string expected)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/type", parameters: [Apis.Query("as"), Apis.Query("in"), Apis.Query("text")]), new { @as = type, @in = encoding, text }));

        Assert.Equal(expected, answer.Response);
    }

    [Theory]
    [InlineData("image/png", "89504e470d0a1a0a0000", "[binary content of type image/png, 10 bytes, not shown]")]
    [InlineData("application/json", "89504e470d0a1a0a0000", "[binary content of type application/json, 10 bytes, not shown]")]
    [InlineData("", "000102030405", "[binary content of type unknown, 6 bytes, not shown]")]
    public async Task CallAsync_NoText_IsDescribed(string type, string hex, string expected)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/bytes", parameters: [Apis.Query("as"), Apis.Query("hex")]), new { @as = type, hex }));

        Assert.Equal((expected, false), (answer.Response, answer.Real!.IsCut));
    }

    [Fact]
    public async Task CallAsync_MutatingCalls_GetConnectionsOfTheirOwn()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        foreach (var method in new[] { "GET", "GET", "DELETE", "DELETE" })
        {
            Answer(await house.CallAsync(Apis.Http(server.Url, "/ok", method)));
        }

        var connections = server.Seen.Select(seen => seen.Connection).ToArray();
        Assert.Equal(connections[0], connections[1]);
        Assert.Equal(3, connections.Distinct().Count());
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task CallAsync_PathArgumentThatLeadsElsewhere_IsRefused(string id)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/ok/{id}", parameters: new HttpParameter("id", "id", ParameterPlace.Path)), new { id });

        Assert.Equal((ToolStatus.BadInput, Provenance.World, true), (Answer(reply).Status, Answer(reply).Provenance, reply.NeverSent));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_HeaderArgumentWithALineBreak_IsRefused()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/ok", parameters: new HttpParameter("tenant", "X-Tenant", ParameterPlace.Header)), new { tenant = "a\r\nX-Admin: yes" });

        Assert.StartsWith("api_for_tool was not called: 'tenant' has a line break", Answer(reply).Error, StringComparison.Ordinal);
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_NotBound_SaysSo()
    {
        await using var house = LiveHouse.Create([]);

        var reply = await house.CallAsync(Apis.Http("http://x", "/") with { Binding = null });

        Assert.StartsWith("test/tool/api is documented and not bound", Fault(reply).Message, StringComparison.Ordinal);
    }

    // The end comes in good order, so that what was sent before arrives for certain.
    private static async Task ServeHalfAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        Assert.True(await stream.ReadAsync(new byte[4096]) > 0);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/plain\r\n\r\nthe beginning"u8.ToArray());
        connection.Client.Shutdown(SocketShutdown.Send);
        while (await stream.ReadAsync(new byte[4096]) > 0)
        {
        }
    }
}
