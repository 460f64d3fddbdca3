using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Embedded.Emission;
using StepTool.Embedded.Gateway;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

[Trait("Kind", "Unit")]
public sealed class GatewayTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Values_ThroughTheGateway_ArriveAsSent()
    {
        var grain = Grain("values");
        var page = new Page([1, 2], new Mark(3), ImmutableDictionary<string, string>.Empty.Add("a", "b"), new Square("s", 2));

        var echo = await grain.EchoAsync(page);

        Assert.Equal(page.Items.AsEnumerable(), echo.Items);
        Assert.Equal((page.Next, page.Shape, "b"), (echo.Next, echo.Shape, echo.Labels["a"]));
        Assert.Null(await grain.EchoMarkAsync(null));
        Assert.Equal(["0", "1"], await grain.ListAsync(2));
        await grain.NothingAsync();
    }

    [Fact]
    public async Task Overloads_ThroughTheGateway_AreToldApart() =>
        Assert.Equal(("text 1", "number 1"), (await Grain("o").OverloadAsync("1"), await Grain("o").OverloadAsync(1)));

    [Theory]
    [InlineData("a/b c?#%+")]
    [InlineData("日本 \"é\"\n")]
    public async Task Key_OfAnyCharacters_ReachesItsGrain(string key) => Assert.Equal($"{key} of call/{key}", await Grain(key).KeyAsync());

    [Fact]
    public async Task GrainType_OfTheClass_IsTheSilosWhateverTheInterfaceIsCalled()
    {
        var grain = gateway.Client.GetGrain<IStateGrain>("through the gateway");
        await grain.WriteOnlyAsync("ann");
        Assert.Equal("ann", await grain.ReadOwnerAsync());
    }

    [Fact]
    public async Task RequestContext_OfTexts_FlowsThrough()
    {
        RequestContext.Set("who", "me");
        Assert.Equal("me", await gateway.Client.GetGrain<ITurnGrain>("context").ContextAsync("who"));
    }

    [Fact]
    public async Task Exception_OfDotNet_IsRebuilt()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => Grain("throws").ThrowAsync("argument"));
        Assert.Equal("bad argument", exception.Message);
        Assert.Contains(nameof(CallGrain), exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_OfStepTool_IsRebuiltWithItsInner()
    {
        var exception = await Assert.ThrowsAsync<ShapeException>(() => Grain("throws").ThrowAsync("shape"));
        Assert.Equal(("bad shape", "inner"), (exception.Message, exception.InnerException!.Message));
    }

    [Fact]
    public async Task Call_LongerThanTheSiloTakes_IsRefusedInWords()
    {
        var text = new string('x', 31 << 20);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Grain("long").OverloadAsync(text));

        Assert.Contains("and the silo takes at most 30000000 in one request. Send less at a time.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shape", 429, "2")]
    [InlineData("argument", 500, null)]
    public async Task Exception_ThatPasses_IsAnsweredWithWhenToRetry(string kind, int status, string? retryAfter)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { { WireNames.KeyHeader, GatewayFixture.Key } } };
        var method = ProxyType.Of(typeof(ICallGrain)).Methods.Keys.Single(method => method.StartsWith(nameof(ICallGrain.ThrowAsync), StringComparison.Ordinal));
        var call = new { @interface = typeof(ICallGrain).FullName, method, grain = "call", key = "throws", context = (object?)null, arguments = (string[])[kind] };

        using var response = await http.PostAsJsonAsync(new Uri(gateway.Url, "gateway"), call);

        Assert.Equal((status, retryAfter), ((int)response.StatusCode, response.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public void Exception_ThatCannotBeMade_NamesItsType()
    {
        var exception = new WireFault("Elsewhere.OddException", "odd", null, null).ToException();
        Assert.Equal(("Elsewhere.OddException", "Elsewhere.OddException: odd"), (Assert.IsType<RemoteGrainException>(exception).OriginalType, exception.Message));
    }

    [Fact]
    public void Exception_OfATypeThatIsNone_IsNotMade() => Assert.IsType<RemoteGrainException>(new WireFault("System.Text.StringBuilder", "text", null, null).ToException());

    [Theory]
    [InlineData(typeof(ArgumentNullException))]
    [InlineData(typeof(ArgumentOutOfRangeException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(KeyNotFoundException))]
    [InlineData(typeof(InconsistentStateException))]
    [InlineData(typeof(OrleansException))]
    public void Exception_OfAKnownType_KeepsTypeAndMessage(Type type)
    {
        var exception = new WireFault(type.FullName!, "what happened", null, null).ToException();
        Assert.Equal((type, "what happened"), (exception.GetType(), exception.Message));
    }

    [Fact]
    public async Task Cancel_OfTheClient_CancelsTheGrainsToken()
    {
        using var stop = new CancellationTokenSource();
        var call = Grain("cancelled").WaitAsync("remote", stop.Token);
        await gateway.Probe.SeenAsync("remote started");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await gateway.Probe.SeenAsync("remote cancelled");
    }

    [Fact]
    public async Task Timeout_InTheSilo_CrossesWithItsChain()
    {
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => Grain("slow").HoldBrieflyAsync("remote slow"));
        Assert.Contains("client -> call/slow (ICallGrain.HoldBrieflyAsync)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThroughTheGateway_ComesItemByItem()
    {
        await using var items = Grain("stream").CountAsync("stream", 2, "remote stream").GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        Assert.Equal(1, items.Current);

        gateway.Probe.Open("remote stream 2");

        Assert.True(await items.MoveNextAsync());
        Assert.Equal(2, items.Current);
        Assert.False(await items.MoveNextAsync());
        await gateway.Probe.SeenAsync("stream left");
    }

    [Fact]
    public async Task Stream_LeftEarly_EndsInTheGrain()
    {
        await foreach (var _ in Grain("leaver").CountAsync("leaver", 2, "never opened"))
        {
            break;
        }

        await gateway.Probe.SeenAsync("leaver left");
    }

    [Fact]
    public async Task Stream_Cancelled_EndsInTheGrain()
    {
        using var stop = new CancellationTokenSource();
        await using var items = Grain("stopped").CountAsync("stopped", 2, "remote stop", stop.Token).GetAsyncEnumerator();
        await items.MoveNextAsync();
        var next = items.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await gateway.Probe.SeenAsync("stopped left");
    }

    [Fact]
    public async Task Stream_ThatFails_GivesItsError()
    {
        await using var items = Grain("bad stream").CountAsync("bad stream", -1).GetAsyncEnumerator();
        Assert.Equal("cannot count to that", (await Assert.ThrowsAsync<ShapeException>(async () => await items.MoveNextAsync())).Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Key_MissingOrWrong_IsRefused(string? key)
    {
        var exception = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => gateway.NewClient(key).GetGrain<ICallGrain>("1").KeyAsync());
        Assert.Contains(gateway.Url.ToString(), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_ThatIsNotThere_IsNamedWithTheRemedy()
    {
        var silo = new Uri($"http://127.0.0.1:{FreePort()}");
        var exception = await Assert.ThrowsAsync<SiloUnavailableException>(() => gateway.NewClient(null, silo).GetGrain<ICallGrain>("1").KeyAsync());
        Assert.StartsWith($"No silo answers at {silo}gateway:", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Start a silo there", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithoutAGateway_IsNamed()
    {
        var exception = await Assert.ThrowsAsync<SiloUnavailableException>(
            () => gateway.NewClient(GatewayFixture.Key, new Uri(gateway.Url, "elsewhere/")).GetGrain<ICallGrain>("1").KeyAsync());
        Assert.Contains("is no gateway of an embedded silo (status 404)", exception.Message, StringComparison.Ordinal);

    }

    [Fact]
    public async Task Interface_ThatTheSiloLacks_IsNamed()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => gateway.Client.GetGrain<IUnknownGrain>("1").CallAsync());
        Assert.Contains($"no grain interface {typeof(IUnknownGrain).FullName}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_ThatStops_EndsWhatRuns()
    {
        var own = new GatewayFixture();
        await own.InitializeAsync();
        var items = own.Client.GetGrain<ICallGrain>("1").CountAsync("cut", 2, "cut").GetAsyncEnumerator();
        await items.MoveNextAsync();
        var next = items.MoveNextAsync();
        await own.Probe.AtAsync("cut 2");

        var stop = own.StopSiloAsync();
        own.Probe.Open("cut 2");
        await next;
        await items.DisposeAsync();
        await stop;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => own.Client.GetGrain<ICallGrain>("1").KeyAsync());
        await own.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private ICallGrain Grain(string key) => gateway.Client.GetGrain<ICallGrain>(key);
}

public interface IUnknownGrain : IGrainWithStringKey
{
    Task CallAsync();
}
