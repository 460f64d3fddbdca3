using System.Net;
using System.Net.Sockets;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

[Trait("Kind", "Unit")]
public sealed class HttpCallerTests
{
    private const string Secret = "s3cr3t/key+with=signs";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task CallAsync_Json_IsTheAnswerWithItsProvenance()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

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
        await using var house = House(server);

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
        await using var house = House(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/status/429", parameters: Query("after")), new { after = header });

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, reply.RetryAfter);
    }

    [Theory]
    [InlineData("/hang")]
    [InlineData("/drip")]
    public async Task CallAsync_Cancelled_ThrowsAndLetsTheServerGo(string path)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);
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
        await using var house = House(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/reset", method));

        Assert.Equal((kind, isTransient, false), (Fault(reply).Kind, reply.IsTransient, reply.NeverSent));
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task CallAsync_ResponseBreaksOff_IsAFaultOfASafeCall()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

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
        await using var house = House(server, ("MaxResponseBytes", "2000"));
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
        await using var house = House(server);

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
        await using var house = House(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/type", parameters: [Query("as"), Query("in"), Query("text")]), new { @as = type, @in = encoding, text }));

        Assert.Equal(expected, answer.Response);
    }

    [Theory]
    [InlineData("image/png", "89504e470d0a1a0a0000", "[binary content of type image/png, 10 bytes, not shown]")]
    [InlineData("application/json", "89504e470d0a1a0a0000", "[binary content of type application/json, 10 bytes, not shown]")]
    [InlineData("", "000102030405", "[binary content of type unknown, 6 bytes, not shown]")]
    public async Task CallAsync_NoText_IsDescribed(string type, string hex, string expected)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/bytes", parameters: [Query("as"), Query("hex")]), new { @as = type, hex }));

        Assert.Equal((expected, false), (answer.Response, answer.Real!.IsCut));
    }

    [Fact]
    public async Task CallAsync_HostNotAllowed_IsRefusedByNameAndNeverAsked()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.Create(new() { ["AllowPrivateAddresses"] = "true", ["AllowedHosts:0"] = "api.example.com" });

        var reply = await house.CallAsync(Apis.Http(server.Url, "/ok"));

        Assert.Equal(
            $"The host of {server.Url}/ok is not allowed; StepTool:Tools:AllowedHosts must name each host that is called. Add '127.0.0.1:{server.Port}' to it (StepTool__Tools__AllowedHosts__1=127.0.0.1:{server.Port}) if it may be.",
            Fault(reply).Message);
        Assert.Equal((true, false), (reply.NeverSent, reply.IsTransient));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_NameOfAPrivateAddress_IsRefusedAfterTheLookUp()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.Create(new() { ["AllowedHosts:0"] = $"api.example.com:{server.Port}" }, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("169.254.169.254")]));

        var reply = await house.CallAsync(Apis.Http($"http://api.example.com:{server.Port}", "/ok"));

        Assert.Equal(
            "'api.example.com' is at 127.0.0.1, 169.254.169.254, which is not of the open Internet; StepTool:Tools:AllowPrivateAddresses is false. Set StepTool__Tools__AllowPrivateAddresses=true if tools may reach this machine and its network.",
            Fault(reply).Message);
        Assert.True(reply.NeverSent);
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_NameThatChangesItsAddress_IsLookedUpOnceForEachConnection()
    {
        await using var server = await UnrulyServer.StartAsync();
        var looked = 0;
        await using var house = LiveHouse.Create(
            new() { ["AllowedHosts:0"] = $"api.example.com:{server.Port}", ["AllowPrivateAddresses"] = "true" },
            (name, _) => Task.FromResult<IPAddress[]>(++looked == 1 && name == "api.example.com" ? [IPAddress.Loopback] : throw new InvalidOperationException("looked up again")));

        var answer = Answer(await house.CallAsync(Apis.Http($"http://api.example.com:{server.Port}", "/ok")));

        Assert.Equal((ToolStatus.Ok, 1), (answer.Status, looked));
        Assert.Equal($"api.example.com:{server.Port}", Assert.Single(server.Seen).Headers["Host"]);
    }

    [Fact]
    public async Task CallAsync_NoNameNoConnection_AreTransientAndNeverSent()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.Create(
            new() { ["AllowedHosts:0"] = "127.0.0.1:1", ["AllowedHosts:1"] = "no.example.com", ["AllowPrivateAddresses"] = "true" },
            (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        foreach (var url in new[] { "http://127.0.0.1:1", "http://no.example.com" })
        {
            var reply = await house.CallAsync(Apis.Http(url, "/ok", "POST"));

            Assert.Equal((ToolFaultKind.Unavailable, true, true), (Fault(reply).Kind, reply.IsTransient, reply.NeverSent));
            Assert.Contains(url, Fault(reply).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CallAsync_RedirectToAnotherAllowedHost_IsFollowedWithoutSecretsAndHeaders()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var other = await UnrulyServer.StartAsync();
        server.Elsewhere = $"{other.Url}/echo";
        await using var house = House(server, ("AllowedHosts:1", $"127.0.0.1:{other.Port}"), ("Credentials:key", Secret));
        var api = Apis.Http(server.Url, "/elsewhere", parameters: new HttpParameter("tenant", "X-Tenant", ParameterPlace.Header))
            .With(http => http with { Security = Apis.Needs("key", SecurityKind.Bearer) });

        var answer = Answer(await house.CallAsync(api, new { tenant = "ours" }));

        Assert.Equal(200, answer.Real!.Status);
        var (first, second) = (Assert.Single(server.Seen), Assert.Single(other.Seen));
        Assert.Equal(($"Bearer {Secret}", "ours"), (first.Headers["Authorization"], first.Headers["X-Tenant"]));
        Assert.Equal(["Accept", "Host", "User-Agent"], second.Headers.Keys.Where(name => name != "Accept-Encoding").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CallAsync_RedirectToAHostNotAllowed_IsAFault()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var other = await UnrulyServer.StartAsync();
        server.Elsewhere = $"{other.Url}/ok?secret=1";
        await using var house = House(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/elsewhere"));

        Assert.StartsWith($"The host of {other.Url}/ok is not allowed; StepTool:Tools:AllowedHosts", Fault(reply).Message, StringComparison.Ordinal);
        Assert.Empty(other.Seen);
    }

    [Fact]
    public async Task CallAsync_RedirectLoop_EndsAfterFive()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/loop")));

        Assert.Equal((ToolStatus.RequestError, 6), (answer.Status, server.Seen.Count));
        Assert.Equal($"HTTP 302 leads to {server.Url}/loop/6, after 5 others: it is not followed", answer.Error);
    }

    [Theory]
    [InlineData("POST", false, 301, "POST")]
    [InlineData("POST", false, 302, "POST")]
    [InlineData("DELETE", false, 307, "DELETE")]
    [InlineData("PUT", false, 308, "PUT")]
    [InlineData("POST", false, 303, "POST, GET")]
    [InlineData("POST", true, 302, "POST, GET")]
    [InlineData("POST", true, 307, "POST, POST")]
    [InlineData("GET", true, 308, "GET, GET")]
    public async Task CallAsync_Redirected_IsNeverSentAgainWhereItMutates(string method, bool isSafe, int status, string expected)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);
        var api = Apis.Http(server.Url, $"/redirect/{status}", method, isSafe, new HttpParameter("a", "a", ParameterPlace.BodyMember)).With(http => http with { BodyMediaType = method == "GET" ? null : "application/json" });

        var answer = Answer(await house.CallAsync(api, new { a = 1 }));

        Assert.Equal(expected, string.Join(", ", server.Seen.Select(seen => seen.Method)));
        Assert.Equal(server.Seen.Count > 1 ? ToolStatus.Ok : ToolStatus.RequestError, answer.Status);
        Assert.All(server.Seen, seen => Assert.Equal(seen.Method == "GET" ? "" : """{"a":1}""", seen.Body));
    }

    [Fact]
    public async Task CallAsync_ResultOfAMutatingCallIsOnAHostNotAllowed_IsAnAnswerStill()
    {
        await using var server = await UnrulyServer.StartAsync();
        server.Elsewhere = "http://elsewhere.example.com/result";
        await using var house = House(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/see", "POST")));

        Assert.Equal((ToolStatus.Ok, 303), (answer.Status, answer.Real!.Status));
        Assert.StartsWith("The call was carried out; its result is elsewhere and could not be read. The host of http://elsewhere.example.com/result is not allowed", answer.Response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Header, "X-Key")]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Query, "key")]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Cookie, "key")]
    [InlineData(SecurityKind.Bearer, ParameterPlace.Header, "Authorization")]
    [InlineData(SecurityKind.Basic, ParameterPlace.Header, "Authorization")]
    public async Task CallAsync_ServerEchoesTheSecret_IsScrubbed(SecurityKind kind, ParameterPlace place, string parameter)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server, ("Credentials:key", Secret));
        var api = Apis.Http(server.Url, "/echo").With(http => http with { Security = Apis.Needs("key", kind, place, parameter) });

        var answer = Answer(await house.CallAsync(api));

        var seen = Assert.Single(server.Seen);
        var sent = place == ParameterPlace.Query ? Uri.UnescapeDataString(seen.Target) : Uri.UnescapeDataString(seen.Headers[place == ParameterPlace.Cookie ? "Cookie" : parameter]);
        Assert.Contains(kind == SecurityKind.Basic ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret)) : Secret, sent, StringComparison.Ordinal);
        Assert.Contains("***", answer.Response, StringComparison.Ordinal);
        Assert.All([Secret, Uri.EscapeDataString(Secret), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret))], form => Assert.DoesNotContain(form, answer.Response, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallAsync_SecretMissing_IsAFaultThatNamesTheKey()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);
        var api = Apis.Http(server.Url, "/ok").With(http => http with { Security = Apis.Needs("pets_key", SecurityKind.Bearer) });

        var reply = await house.CallAsync(api);

        Assert.Equal(
            "test/tool/api cannot be called: StepTool:Tools:Credentials:pets_key is missing; the API is called with a secret of that name. Set StepTool__Tools__Credentials__pets_key in the silo's environment.",
            Fault(reply).Message);
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_SecretOfAnotherHost_IsNotSent()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var own = House(server, ("Credentials:key", Secret), ("CredentialHosts:key", $"127.0.0.1:{server.Port}"));
        await using var other = House(server, ("Credentials:key", Secret), ("CredentialHosts:key", "api.example.com"));
        var api = Apis.Http(server.Url, "/ok").With(http => http with { Security = Apis.Needs("key", SecurityKind.Bearer) });

        Answer(await own.CallAsync(api));
        var reply = await other.CallAsync(api);

        Assert.Contains("StepTool:Tools:CredentialHosts:key is 'api.example.com'; the secret goes to no other host, and this API is at http://127.0.0.1", Fault(reply).Message, StringComparison.Ordinal);
        Assert.Equal((true, $"Bearer {Secret}"), (reply.NeverSent, Assert.Single(server.Seen).Headers["Authorization"]));
    }

    [Fact]
    public async Task CallAsync_OfSeveralWays_TheFirstThatIsConfiguredIsTaken()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server, ("Credentials:Second", Secret));
        var api = Apis.Http(server.Url, "/ok").With(http => http with
        {
            Security = [.. Apis.Needs("first", SecurityKind.Bearer), .. Apis.Needs("second", SecurityKind.ApiKey, ParameterPlace.Header, "X-Key"), new SecurityRequirement([])],
        });

        await house.CallAsync(api);

        Assert.Equal(Secret, Assert.Single(server.Seen).Headers["X-Key"]);
    }

    [Fact]
    public async Task CallAsync_MutatingCalls_GetConnectionsOfTheirOwn()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

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
        await using var house = House(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/ok/{id}", parameters: new HttpParameter("id", "id", ParameterPlace.Path)), new { id });

        Assert.Equal((ToolStatus.BadInput, Provenance.World, true), (Answer(reply).Status, Answer(reply).Provenance, reply.NeverSent));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task CallAsync_HeaderArgumentWithALineBreak_IsRefused()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = House(server);

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

    private static LiveHouse House(UnrulyServer server, params (string Key, string Value)[] settings) => LiveHouse.Create(new Dictionary<string, string?>(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
    {
        ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}",
        ["AllowPrivateAddresses"] = "true",
    });

    private static HttpParameter Query(string name) => new(name, name, ParameterPlace.Query, ParameterStyle.Form, Explode: true);

    private static ToolAnswer Answer(LiveReply reply) => Assert.IsType<ToolAnswer>(reply.Reply);

    private static ToolFault Fault(LiveReply reply) => Assert.IsType<ToolFaulted>(reply.Reply).Fault;
}
