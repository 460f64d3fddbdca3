using System.Net;
using System.Net.Sockets;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using Xunit;
using static StepTool.Tests.Silo.Tools.LiveHouse;

namespace StepTool.Tests.Silo.Tools;

/// <summary>Which hosts are called, and where redirects may lead.</summary>
[Trait("Kind", "Unit")]
public sealed class HttpHostsTests
{
    private const string Secret = "s3cr3t/key+with=signs";

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
        await using var house = LiveHouse.For(server, ("AllowedHosts:1", $"127.0.0.1:{other.Port}"), ("Credentials:key", Secret));
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
        await using var house = LiveHouse.For(server);

        var reply = await house.CallAsync(Apis.Http(server.Url, "/elsewhere"));

        Assert.StartsWith($"The host of {other.Url}/ok is not allowed; StepTool:Tools:AllowedHosts", Fault(reply).Message, StringComparison.Ordinal);
        Assert.Empty(other.Seen);
    }

    [Fact]
    public async Task CallAsync_RedirectLoop_EndsAfterFive()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server);

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
        await using var house = LiveHouse.For(server);
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
        await using var house = LiveHouse.For(server);

        var answer = Answer(await house.CallAsync(Apis.Http(server.Url, "/see", "POST")));

        Assert.Equal((ToolStatus.Ok, 303), (answer.Status, answer.Real!.Status));
        Assert.StartsWith("The call was carried out; its result is elsewhere and could not be read. The host of http://elsewhere.example.com/result is not allowed", answer.Response, StringComparison.Ordinal);
    }
}
