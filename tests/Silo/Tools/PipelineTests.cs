using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Tests.Grains;
using StepTool.Tests.Grains.Tools;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>From an API's grain to a real server and back.</summary>
[Trait("Kind", "Simulation")]
public sealed class PipelineTests
{
    private const string Hang = "/hang";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10); // enough for a busy machine to send a request
    private static readonly HttpParameter After = new("after", "after", ParameterPlace.Query, ParameterStyle.Form);

    [Theory]
    [InlineData("/ok", "GET", 4, 1)] // kept and shared
    [InlineData("/status/404", "GET", 4, 1)]
    [InlineData("/status/503", "GET", 1, 3)] // tried again twice
    [InlineData("/reset", "GET", 1, 3)]
    [InlineData("/ok", "POST", 4, 4)] // each id its own call
    [InlineData("/status/503", "POST", 1, 1)]
    [InlineData("/reset", "POST", 1, 1)]
    [InlineData(Hang, "POST", 1, 1)]
    public async Task Calls_OfARealServer_ComeToSoManyRequests(string path, string method, int calls, int requests)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = await StartAsync(server, path, method);
        await Task.WhenAll(Enumerable.Range(0, calls).Select(call => AskAsync(house, call)));
        Assert.Equal(requests, server.Seen.Count);
    }

    [Theory]
    [InlineData("/reset", "GET", ToolFaultKind.Unavailable)]
    [InlineData("/reset", "POST", ToolFaultKind.OutcomeUnknown)]
    [InlineData(Hang, "GET", ToolFaultKind.TimedOut)]
    [InlineData(Hang, "POST", ToolFaultKind.OutcomeUnknown)]
    public async Task Call_WithoutAnAnswer_IsATypedFault(string path, string method, ToolFaultKind kind)
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = await StartAsync(server, path, method);
        Assert.Equal(kind, Assert.IsType<ToolFaulted>(await AskAsync(house, 0)).Fault.Kind);
    }

    [Fact]
    public async Task RetryAfter_LongerThanACall_IsDeferred()
    {
        await using var server = await UnrulyServer.StartAsync();
        await using var house = await StartAsync(server, "/status/429", "GET");
        Assert.IsType<ToolDeferred>(await AskAsync(house, 0, """{"after":"60"}"""));
        Assert.IsType<ToolDeferred>(await AskAsync(house, 1, """{"after":"0"}"""));
        Assert.Single(server.Seen);
    }

    private static async Task<House> StartAsync(UnrulyServer server, string path, string method)
    {
        var adapters = LiveHouse.Create(new() { ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}", ["AllowPrivateAddresses"] = "true" });
        return await House.StartAsync(new Ground
        {
            HasPump = false,
            Options = options => options.CallTimeout = path == Hang ? 1.5 * Timeout : options.CallTimeout,
            Live = new LiveGround
            {
                Real = adapters.Caller,
                World = CatalogueWorld.Load(CatalogueWriter.Pack([Apis.Http(server.Url, path, method, parameters: After) with { InputSchema = """{"type":"object"}""" }])),
                Options = options => (options.Timeout, options.RetryDelay) = (path == Hang ? Timeout : options.Timeout, TimeSpan.FromMilliseconds(1)),
            },
        });
    }

    private static Task<ToolReply> AskAsync(House house, int call, string arguments = "{}")
    {
        var api = new ApiKey("test", "tool", "api");
        return LiveGround.Api(house, api).CallAsync(new ToolRequest(new ToolCall(api, arguments), $"run/{call}#0", 0, ToolMode.Live));
    }
}
