using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Tools.Schemas;
using StepTool.Tests.Engines;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>Real servers over standard input and output, and by HTTP.</summary>
[Trait("Kind", "Unit")]
public sealed class McpCallerTests
{
    [McpFact]
    public async Task ListAsync_FourServers_GivesTheirToolsWithSchemasAndSafety()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(new(McpServers.Everything.Concat(McpServers.Memory(folder.Of("memory.json"))).Concat(McpServers.Files(folder.Path)).Concat(McpServers.Calc)));

        var lists = await Task.WhenAll(new[] { "everything", "memory", "files", "calc" }.Select(name => house.Catalogue.ListAsync($"mcp:{name}", default).AsTask()));

        Assert.All(lists, list => Assert.Null(list.Refusal));
        var apis = lists.SelectMany(list => list.Apis).ToDictionary(api => api.Documentation.Key.ToString());
        Assert.All(apis.Values, api => Assert.NotNull(JsonSchema.Parse(api.InputSchema!)));
        Assert.Equal(apis.Count, lists.Sum(list => list.Apis.Length));
        Assert.InRange(apis.Count, 40, 200);
        Assert.Equal(
            (false, true, true, false, false),
            (apis["mcp/files/read_text_file"].Documentation.Mutates, apis["mcp/files/write_file"].Documentation.Mutates, apis["mcp/memory/create_entities"].Documentation.Mutates, apis["mcp/memory/read_graph"].Documentation.Mutates, apis["mcp/calc/math"].Documentation.Mutates));
        Assert.Equal(new McpBinding("files", "read_text_file"), apis["mcp/files/read_text_file"].Binding);
        Assert.Equal(("path", true, ParameterType.Text), apis["mcp/files/read_text_file"].Documentation.Parameters.Select(parameter => (parameter.Name, parameter.Required, parameter.Type)).First());
    }

    [McpFact]
    public async Task CallAsync_Everything_TextStructureImageAndErrorAreRead()
    {
        await using var house = LiveHouse.Create(McpServers.Everything);

        var (echo, sum) = (await AnswerAsync(house, "everything", "echo", new { message = "hello" }), await AnswerAsync(house, "everything", "get-sum", new { a = 2, b = 3.5 }));
        var (structured, image) = (await AnswerAsync(house, "everything", "get-structured-content", new { location = "Chicago" }), await AnswerAsync(house, "everything", "get-tiny-image", new { }));
        var (wrong, unknown) = (await AnswerAsync(house, "everything", "get-sum", new { a = "x" }), await AnswerAsync(house, "everything", "no-such-tool", new { }));

        Assert.Equal((ToolStatus.Ok, "Echo: hello"), (echo.Status, echo.Response));
        Assert.Contains("5.5", sum.Response, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(structured.Response).RootElement.TryGetProperty("temperature", out _));
        Assert.Matches(@"\[binary content of type image/png, [\d,]+ bytes, not shown\]", image.Response);
        Assert.NotEqual(ToolStatus.Ok, wrong.Status);
        Assert.NotEmpty(wrong.Error);
        Assert.Contains("no-such-tool", unknown.Error, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task CallAsync_FilesAndMemoryAndCalc_DoWhatTheySay()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(new(McpServers.Memory(folder.Of("memory.json")).Concat(McpServers.Files(folder.Path)).Concat(McpServers.Calc)));

        await AnswerAsync(house, "files", "write_file", new { path = folder.Of("note.txt"), content = "Blåbær" });
        var read = await AnswerAsync(house, "files", "read_text_file", new { path = folder.Of("note.txt") });
        var outside = await AnswerAsync(house, "files", "read_text_file", new { path = "/etc/hostname" });
        await AnswerAsync(house, "memory", "create_entities", new { entities = new[] { new { name = "Oslo", entityType = "city", observations = new[] { "rainy" } } } });
        var graph = await AnswerAsync(house, "memory", "read_graph", new { });
        var math = await AnswerAsync(house, "calc", "math", new { expression = "6 * 7" });

        Assert.Equal("Blåbær", await File.ReadAllTextAsync(folder.Of("note.txt")));
        Assert.Contains("Blåbær", read.Response, StringComparison.Ordinal);
        Assert.Equal(ToolStatus.RequestError, outside.Status);
        Assert.StartsWith("The tool reported an error: Access denied", outside.Error, StringComparison.Ordinal);
        Assert.Contains("Oslo", graph.Response, StringComparison.Ordinal);
        Assert.Contains("42", math.Response, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task CallAsync_StreamableHttp_GoesThroughTheSameRules()
    {
        var port = FreePort();
        var settings = new Dictionary<string, string?> { ["McpServers:remote:Url"] = $"http://127.0.0.1:{port}/mcp", ["AllowedHosts:0"] = $"127.0.0.1:{port}" };
        await using var closed = LiveHouse.Create(settings);
        await using var open = LiveHouse.Create(new(settings) { ["AllowPrivateAddresses"] = "true" });

        var none = await open.CallAsync(Tool("remote", "echo"), new { message = "hello" });
        using (await RemoteAsync(port))
        {
            var refused = await closed.CallAsync(Tool("remote", "echo"), new { message = "hello" });

            Assert.Equal("Echo: hello", (await AnswerAsync(open, "remote", "echo", new { message = "hello" })).Response);
            Assert.Contains("StepTool:Tools:AllowPrivateAddresses is false", Assert.IsType<ToolFaulted>(refused.Reply).Fault.Message, StringComparison.Ordinal);
        }

        using (await RemoteAsync(port))
        {
            var forgotten = await open.CallAsync(Tool("remote", "echo"), new { message = "hello" });

            Assert.True(forgotten.Reply is ToolFaulted, forgotten.Reply.ToString()); // the server has another life and does not know the session
            Assert.Equal("Echo: again", (await AnswerAsync(open, "remote", "echo", new { message = "again" })).Response);
        }

        Assert.Equal((true, true), (none.NeverSent, none.IsTransient));
        Assert.StartsWith($"StepTool:Tools:McpServers:remote:Url is 'http://127.0.0.1:{port}/mcp', where no MCP server answers", Assert.IsType<ToolFaulted>(none.Reply).Fault.Message, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task CallAsync_StrayOutputAndEarlyNotifications_AreTolerated()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal")));

        Assert.Equal("after the noise", (await AnswerAsync(house, "unruly", "noisy", new { })).Response);
        Assert.Equal("done", (await AnswerAsync(house, "unruly", "slow", new { })).Response);
    }

    [NodeFact]
    public async Task CallAsync_Child_SeesOnlyItsOwnEnvironment()
    {
        using var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable("STEPTOOL_TEST_SECRET", "must not be seen");
        await using var house = LiveHouse.Create(new(McpServers.Unruly(folder.Of("journal"))) { ["McpServers:unruly:Environment:CITY"] = "Oslo", ["McpServers:unruly:Secrets:TOKEN"] = "unruly", ["Credentials:unruly"] = "a-token-of-ours" });

        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>((await AnswerAsync(house, "unruly", "env", new { })).Response)!;
        var secret = await AnswerAsync(house, "unruly", "secret", new { });

        Assert.Equal(["CITY", "HOME", "PATH", "TOKEN"], environment.Keys.Where(name => !name.StartsWith("__CF", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(("Oslo", "***", "the token is ***"), (environment["CITY"], environment["TOKEN"], secret.Response));
    }

    [NodeFact]
    public async Task CallAsync_Cancelled_TellsTheServer()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal")));
        await AnswerAsync(house, "unruly", "pid", new { });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => house.CallAsync(Tool("unruly", "hang"), null, cancel.Token).AsTask());
        await AnswerAsync(house, "unruly", "pid", new { }); // the same pipe, so what was sent before has been read

        Assert.Contains("cancelled ", await File.ReadAllTextAsync(folder.Of("journal")), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task CallAsync_ChildDies_CostsTheCallAndTheNextGetsAnother()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal")));
        var first = await AnswerAsync(house, "unruly", "pid", new { });

        var lost = await house.CallAsync(Tool("unruly", "exit", isSafe: true));
        var mutating = house.CallAsync(Tool("unruly", "hang")).AsTask();
        var second = await AnswerAsync(house, "unruly", "pid", new { });
        Process.GetProcessById(int.Parse(second.Response, CultureInfo.InvariantCulture)).Kill();
        var unknown = await mutating;

        Assert.Equal((ToolFaultKind.Unavailable, true), (Assert.IsType<ToolFaulted>(lost.Reply).Fault.Kind, lost.IsTransient));
        Assert.NotEqual(first.Response, second.Response);
        Assert.Equal((ToolFaultKind.OutcomeUnknown, false), (Assert.IsType<ToolFaulted>(unknown.Reply).Fault.Kind, unknown.IsTransient));
    }

    [NodeFact]
    public async Task CallAsync_ChildThatNeverStarts_IsToldWithItsWordsAndLeftAloneForLongerEachTime()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal"), "die"), configure: services => services.AddSingleton<TimeProvider>(new ManualClock()));

        var (first, second, third) = (await house.CallAsync(Tool("unruly", "pid")), await house.CallAsync(Tool("unruly", "pid")), await house.CallAsync(Tool("unruly", "pid")));

        Assert.All([first, second, third], reply => Assert.Equal((true, true), (reply.NeverSent, reply.IsTransient)));
        Assert.Contains("It wrote: no licence found Run it by hand", Assert.IsType<ToolFaulted>(first.Reply).Fault.Message, StringComparison.Ordinal);
        Assert.Null(first.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(1), third.RetryAfter);
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder.Of("journal"))).Length);
    }

    [NodeFact]
    public async Task CallAsync_LineThatNeverEnds_EndsTheSessionNotTheMemory()
    {
        using var folder = new TemporaryFolder();
        await using var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal")));

        var reply = await house.CallAsync(Tool("unruly", "endless"));

        Assert.Equal(ToolFaultKind.OutcomeUnknown, Assert.IsType<ToolFaulted>(reply.Reply).Fault.Kind);
        Assert.Equal(ToolStatus.Ok, (await AnswerAsync(house, "unruly", "pid", new { })).Status);
    }

    [NodeFact]
    public async Task DisposeAsync_StubbornChild_IsKilledWithWhatItStarted()
    {
        using var folder = new TemporaryFolder();
        var house = LiveHouse.Create(McpServers.Unruly(folder.Of("journal"), "stubborn"));
        await AnswerAsync(house, "unruly", "pid", new { });

        await house.DisposeAsync();

        var ids = (await File.ReadAllLinesAsync(folder.Of("journal"))).Where(line => line.StartsWith("started ", StringComparison.Ordinal) || line.StartsWith("child ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToArray();
        Assert.Equal(2, ids.Length);
        await Task.WhenAll(ids.Select(EndedAsync)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task CallAsync_ServerNotConfiguredOrNoProgram_SaysWhatToSet()
    {
        await using var house = LiveHouse.Create(new() { ["McpServers:files:Command"] = "/no/such/program" });

        var (missing, none) = (await house.CallAsync(Tool("other", "x")), await house.CallAsync(Tool("files", "x")));

        Assert.Equal(
            "StepTool:Tools:McpServers:other is missing; a server must be configured under the name by which it is called, and there are files. Set StepTool__Tools__McpServers__other__Command or __Url in the silo's environment.",
            Assert.IsType<ToolFaulted>(missing.Reply).Fault.Message);
        Assert.StartsWith("StepTool:Tools:McpServers:files:Command is '/no/such/program'", Assert.IsType<ToolFaulted>(none.Reply).Fault.Message, StringComparison.Ordinal);
        Assert.Equal((null, "mcp:files"), (house.Caller.HostOf(new McpBinding("other", "x")), house.Caller.HostOf(new McpBinding("files", "x"))));
    }

    private static async Task<RemoteServer> RemoteAsync(int port)
    {
        var server = new RemoteServer(Process.Start(new ProcessStartInfo("node", [McpServers.Script("@modelcontextprotocol/server-everything"), "streamableHttp"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) },
        })!);
        while (await server.Process.StandardError.ReadLineAsync() is { } line && !line.Contains($"{port}", StringComparison.Ordinal))
        {
        }

        return server;
    }

    private static ApiDefinition Tool(string server, string tool, bool isSafe = false) => Apis.Bound(new McpBinding(server, tool), "CALL", isSafe);

    private static async Task<ToolAnswer> AnswerAsync(LiveHouse house, string server, string tool, object arguments)
    {
        var reply = await house.CallAsync(Tool(server, tool), arguments);
        Assert.True(reply.Reply is ToolAnswer, reply.Reply.ToString());
        return (ToolAnswer)reply.Reply;
    }

    private static async Task EndedAsync(string id)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // it has ended before
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record RemoteServer(Process Process) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.WaitForExit();
            Process.Dispose();
        }
    }
}
