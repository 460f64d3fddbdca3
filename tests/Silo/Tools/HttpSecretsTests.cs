using StepTool.Core.Tools.Live;
using Xunit;
using static StepTool.Tests.Silo.Tools.LiveHouse;

namespace StepTool.Tests.Silo.Tools;

/// <summary>Which secrets go with a call, and that none comes back.</summary>
[Trait("Kind", "Unit")]
public sealed class HttpSecretsTests
{
    private const string Secret = "s3cr3t/key+with=signs";

    [Theory]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Header, "X-Key")]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Query, "key")]
    [InlineData(SecurityKind.ApiKey, ParameterPlace.Cookie, "key")]
    [InlineData(SecurityKind.Bearer, ParameterPlace.Header, "Authorization")]
    [InlineData(SecurityKind.Basic, ParameterPlace.Header, "Authorization")]
    public async Task CallAsync_ServerEchoesTheSecret_IsScrubbed(SecurityKind kind, ParameterPlace place, string parameter)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = LiveHouse.For(server, ("Credentials:key", Secret));
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
        await using var house = LiveHouse.For(server);
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
        await using var own = LiveHouse.For(server, ("Credentials:key", Secret), ("CredentialHosts:key", $"127.0.0.1:{server.Port}"));
        await using var other = LiveHouse.For(server, ("Credentials:key", Secret), ("CredentialHosts:key", "api.example.com"));
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
        await using var house = LiveHouse.For(server, ("Credentials:Second", Secret));
        var api = Apis.Http(server.Url, "/ok").With(http => http with
        {
            Security = [.. Apis.Needs("first", SecurityKind.Bearer), .. Apis.Needs("second", SecurityKind.ApiKey, ParameterPlace.Header, "X-Key"), new SecurityRequirement([])],
        });

        await house.CallAsync(api);

        Assert.Equal(Secret, Assert.Single(server.Seen).Headers["X-Key"]);
    }
}
