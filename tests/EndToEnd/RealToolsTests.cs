using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Silo.Api;
using StepTool.Silo.Hosting;
using StepTool.Silo.Tools.Functions;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Silo.Tools;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Real APIs through a silo process and the console: imported, listed, called.</summary>
[Trait("Kind", "Unit")]
public sealed class RealToolsTests
{
    private const string Secret = "k-1234567890/secret";

    [Fact]
    public async Task Tools_OpenApiDocumentOfAServer_IsImportedAndCalled()
    {
        await using var server = await UnrulyServer.StartAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("unruly.yaml"), Document(server.Url));
        using var silo = await SiloProcess.StartAsync(
            Environment(new() { ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}", ["AllowPrivateAddresses"] = "true", ["Credentials:unruly_server_key"] = Secret }), "--data-dir", folder.Of("data"));

        var imported = await ConsoleProcess.RunAsync(folder.Path, "tools", "import", folder.Of("unruly.yaml"), "--name", "unruly", "--silo", silo.Url);
        var echo = await CallAsync(folder, silo, "unruly", "openapi/unruly_server/echo", new Dictionary<string, object> { ["color"] = new[] { "blue", "black" }, ["X-Tenant"] = "ours" });
        var again = await CallAsync(folder, silo, "unruly", "openapi/unruly_server/echo", new Dictionary<string, object> { ["X-Tenant"] = "ours", ["color"] = new[] { "blue", "black" } });
        var missing = await CallAsync(folder, silo, "unruly", "openapi/unruly_server/status", new { code = 404 });
        var wrong = await CallAsync(folder, silo, "unruly", "openapi/unruly_server/status", new { code = "x" });

        Assert.True(imported.ExitCode == 0, imported.Errors);
        Assert.Equal(("real", "ok", 200), (Text(echo, "provenance"), Text(echo, "status"), echo.GetProperty("real").GetProperty("status").GetInt32()));
        Assert.Contains("X-Tenant: ours", Text(echo, "response"), StringComparison.Ordinal);
        Assert.Contains("?color=blue&color=black", Text(echo, "response"), StringComparison.Ordinal);
        Assert.Contains("X-Key: ***", Text(echo, "response"), StringComparison.Ordinal);
        Assert.Equal(("cached", Text(echo, "response")), (Text(again, "provenance"), Text(again, "response")));
        Assert.Equal(("notFound", """HTTP 404 Not Found: {"message": "as asked"}"""), (Text(missing, "status"), Text(missing, "error")));
        Assert.Equal(("badInput", "world"), (Text(wrong, "status"), Text(wrong, "provenance")));
        Assert.Equal(2, server.Seen.Count);
        Assert.Equal(Secret, server.Seen.First().Headers["X-Key"]);
        await silo.StopAsync();
        Assert.DoesNotContain(Secret, silo.Output, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(folder.Of("data"), "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [NodeFact]
    public async Task Tools_McpServer_IsImportedAndCalledAndEndsWithASiloThatIsKilled()
    {
        using var folder = new TemporaryFolder();
        using var silo = await SiloProcess.StartAsync(Environment(McpServers.Unruly(folder.Of("journal"), "stubborn")), "--data-dir", folder.Of("data"));

        var imported = await ConsoleProcess.RunAsync(folder.Path, "tools", "import", "mcp:unruly", "--name", "unruly", "--silo", silo.Url);
        var refused = await ConsoleProcess.RunAsync(folder.Path, "tools", "import", "mcp:other", "--silo", silo.Url);
        var listed = await ConsoleProcess.RunAsync(folder.Path, "tools", "list", "--world", "unruly", "--silo", silo.Url, "--json");
        var pid = await CallAsync(folder, silo, "unruly", "mcp/unruly/pid", new { });
        using var child = Process.GetProcessById(int.Parse(Text(pid, "response"), System.Globalization.CultureInfo.InvariantCulture));
        Process.GetProcessById(silo.Id).Kill();

        await child.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(imported.ExitCode == 0, imported.Errors);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("StepTool:Tools:McpServers:other is missing", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("mcp/unruly/noisy", listed.Output, StringComparison.Ordinal);
        Assert.Equal("real", Text(pid, "provenance"));
    }

    [Fact]
    public async Task Tools_FunctionsOfAHost_AreImportedAndCalled()
    {
        using var folder = new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["StepTool:DataDirectory"] = folder.Of("data");
        builder.AddStepToolSilo();
        builder.Services.AddTool("add", (int a, int b) => a + b, isSafe: true);
        await using var app = builder.Build().MapStepToolSilo();
        await SiloProgram.StartAsync(app, CancellationToken.None);
        var silo = app.Urls.First();

        var imported = await ConsoleRun.OfAsync("tools", "import", "functions", "--name", "ours", "--silo", silo);
        var called = await ConsoleRun.OfAsync("tools", "call", "functions/host/add", "--arguments", """{"a": 2, "b": 40}""", "--world", "ours", "--tools", "live", "--silo", silo);

        Assert.True(imported.ExitCode == 0, imported.Errors);
        Assert.StartsWith("1 APIs with 0 recorded answers", imported.Output, StringComparison.Ordinal);
        Assert.True(called.ExitCode == 0, called.Errors);
        Assert.StartsWith("Ok, Real, called ", called.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n42", called.Output.TrimEnd(), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task EpisodesResume_ToolHasAnAnswerNow_EndsThemByItself()
    {
        await using var server = await UnrulyServer.StartAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("unruly.yaml"), Document(server.Url));
        await File.WriteAllTextAsync(folder.Of("tasks.jsonl"), """{"query": "Ask for the status 204.", "apis": ["openapi/unruly_server/status"]}""");
        using var silo = await SiloProcess.StartAsync(
            Environment(new() { ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}", ["AllowPrivateAddresses"] = "true", ["Credentials:unruly_server_key"] = Secret }), "--data-dir", folder.Of("data"));
        await ConsoleRun.OfAsync("tools", "import", folder.Of("unruly.yaml"), "--name", "unruly", "--silo", silo.Url);

        var queued = await ConsoleRun.OfAsync("queue", "add", folder.Of("tasks.jsonl"), "--world", "unruly", "--policy", "floor:listed", "--tools", "replay", "--silo", silo.Url, "--watch");
        var run = System.Text.RegularExpressions.Regex.Match(queued.Output, "queue-[0-9a-f]+").Value;
        var before = await ConsoleRun.OfAsync("episodes", "list", run, "--faulted", "--silo", silo.Url);
        await CallAsync(folder, silo, "unruly", "openapi/unruly_server/status", new { code = 204 });
        var resumed = await ConsoleRun.OfAsync("episodes", "resume", run, "--silo", silo.Url);
        var watched = await ConsoleRun.OfAsync("queue", "watch", "--until-done", "--silo", silo.Url);
        var after = await ConsoleRun.OfAsync("episodes", "list", run, "--silo", silo.Url);
        var again = await ConsoleRun.OfAsync("episodes", "resume", run + "/0", "--silo", silo.Url);

        await silo.StopAsync();
        var doctor = await ConsoleRun.OfAsync("doctor", "--data-dir", folder.Of("data"));

        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Errors);
        Assert.Equal((1, $"1 task ended by a fault; see: steptool episodes list {run} --faulted --silo {silo.Url}"), (queued.ExitCode, queued.Errors.Trim()));
        Assert.Contains("1 of 1 episodes", before.Output, StringComparison.Ordinal);
        Assert.Contains("│ Faulted │ Tool: NotRecorded │         │", before.Output, StringComparison.Ordinal);
        Assert.Contains($"1 ended by a fault; when its cause is cured, go on with them: steptool episodes resume {run} --silo {silo.Url}", before.Output, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.StartsWith($"1 episode of {run} at work again.", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("0 waiting or running, 1 ended", watched.Output, StringComparison.Ordinal);
        Assert.Contains("Finished", after.Output, StringComparison.Ordinal);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains($"Episode {run}/0 ended as Finished", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_OptionOutOfRange_DoesNotStart()
    {
        using var folder = new TemporaryFolder();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SiloProcess.StartAsync(Environment(new() { ["AllowedHosts:0"] = "https://x" }), "--data-dir", folder.Of("data")));

        Assert.Contains("StepTool:Tools:AllowedHosts:0 is 'https://x'; it must be a host", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> CallAsync(TemporaryFolder folder, SiloProcess silo, string world, string api, object arguments)
    {
        var (exitCode, output, errors) = await ConsoleProcess.RunAsync(
            folder.Path, "tools", "call", api, "--arguments", JsonSerializer.Serialize(arguments), "--world", world, "--tools", "live", "--silo", silo.Url, "--json");
        Assert.True(exitCode == 0, $"{output}\n{errors}");
        return JsonDocument.Parse(output).RootElement;
    }

    private static string Text(JsonElement reply, string member) => reply.GetProperty(member).GetString()!;

    private static IEnumerable<KeyValuePair<string, string>> Environment(Dictionary<string, string?> settings) =>
        settings.Select(pair => KeyValuePair.Create($"StepTool__Tools__{pair.Key.Replace(":", "__", StringComparison.Ordinal)}", pair.Value!));

    private static string Document(string url) => $$"""
        openapi: 3.0.3
        info: { title: Unruly server, version: "1" }
        servers: [{ url: "{{url}}" }]
        security: [{ key: [] }]
        paths:
          /echo:
            get:
              operationId: echo
              parameters:
                - { name: color, in: query, required: true, schema: { type: array, items: { type: string } } }
                - { name: X-Tenant, in: header, schema: { type: string } }
              responses: { "200": { description: What was sent } }
          /status/{code}:
            get:
              operationId: status
              parameters: [{ name: code, in: path, required: true, schema: { type: integer } }]
              responses: { "200": { description: As asked } }
        components:
          securitySchemes:
            key: { type: apiKey, in: header, name: X-Key }
        """;
}
