using System.Text.Json;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Silo.Tools;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Tasks that each make a call that changes something, held by a real server until it is told to answer, and then a safe one; with the server's own count of them.</summary>
internal sealed class HeldTools : IAsyncDisposable
{
    /// <summary>Tasks in the file.</summary>
    public const int Tasks = 12;

    /// <summary>Calls that are held at a time: as many as there are episodes in flight.</summary>
    public const int Held = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly UnrulyServer _server;
    private readonly TemporaryFolder _folder = new();

    private HeldTools(UnrulyServer server) => _server = server;

    /// <summary>The folder of the file of tasks and of the data directory.</summary>
    public string Folder => _folder.Path;

    /// <summary>The data directory.</summary>
    public string Directory => _folder.Of("data");

    /// <summary>What a process that makes the calls needs to know.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["StepTool__Tools__AllowedHosts__0"] = $"127.0.0.1:{_server.Port}",
        ["StepTool__Tools__AllowPrivateAddresses"] = "true",
        ["StepTool__Episodes__MaxEpisodes"] = $"{Held}",
        ["StepTool__Episodes__MaxWaiting"] = "0",
    };

    /// <summary>Reference of the world of the calls.</summary>
    public string World { get; private set; } = "";

    /// <summary>Arguments that queue the tasks.</summary>
    public string[] Add => ["queue", "add", _folder.Of("tasks.jsonl"), "--world", "held", "--tools", "live", "--policy", "floor:listed"];

    public static async Task<HeldTools> StartAsync()
    {
        var tools = new HeldTools(await UnrulyServer.StartAsync());
        await File.WriteAllTextAsync(tools._folder.Of("held.yaml"), tools.Document());
        await File.WriteAllLinesAsync(tools._folder.Of("tasks.jsonl"), Enumerable.Range(0, Tasks).Select(task =>
            JsonSerializer.Serialize(new { id = $"task-{task}", query = "Hold it, then look.", apis = new[] { $"openapi/held/hold_{task}", $"openapi/held/look_{task}" } })));
        var imported = await ConsoleRun.OfAsync("tools", "import", tools._folder.Of("held.yaml"), "--name", "held", "--data-dir", tools.Directory, "--json");
        Assert.True(imported.ExitCode == 0, imported.Errors);
        tools.World = JsonDocument.Parse(imported.Output).RootElement.GetProperty("world").GetString()!;
        return tools;
    }

    /// <summary>Waits until so many calls are held: as many as there are episodes in flight, if not told otherwise.</summary>
    public async Task FullAsync(int calls = Held)
    {
        for (var held = 0; held < calls; held++)
        {
            Assert.True(await _server.Held.WaitAsync(Patience), $"Only {held} calls have come to the server.");
        }
    }

    /// <summary>How often a task's call that changes something has come to the server.</summary>
    public int CallsOf(int task) => _server.Seen.Count(request => request.Target == $"/held/{task}");

    /// <summary>Lets the server answer, from now on at once.</summary>
    public void Release() => _server.Release.TrySetResult();

    /// <summary>Plays what is left over the data directory and checks from outside that each task ended once and no call that changes something was made twice.</summary>
    /// <param name="unknown">Episodes whose call may or may not have been carried out, since its silo ended before it heard; null where that is a matter of time.</param>
    public async Task CheckAsync(int? unknown)
    {
        using var console = ConsoleProcess.Start(Folder, Environment, "queue", "watch", "--until-done", "--data-dir", Directory, "--json");
        var (exitCode, output, errors) = await console.EndAsync();
        Assert.True(exitCode == 0, errors);
        var run = JsonDocument.Parse(output).RootElement[0].GetProperty("run").GetString()!;
        var list = await ConsoleRun.OfAsync("episodes", "list", run, "--limit", "1000", "--json", "--data-dir", Directory);
        var outcomes = JsonDocument.Parse(list.Output).RootElement.EnumerateArray().Select(episode => episode.GetProperty("outcome")).ToList();

        Assert.Equal(Enumerable.Range(0, Tasks).Select(task => $"task-{task}").Order(StringComparer.Ordinal), outcomes.Select(outcome => outcome.GetProperty("result").GetProperty("task").GetString()).Order(StringComparer.Ordinal));
        var faulted = outcomes.Count(outcome => outcome.GetProperty("status").GetString() == "faulted");
        Assert.Equal(unknown ?? faulted, faulted);
        Assert.All(outcomes, outcome => Assert.Contains(outcome.GetProperty("status").GetString(), new[] { "finished", "faulted" }));
        Assert.All(Enumerable.Range(0, Tasks), task => Assert.Equal(1, CallsOf(task)));
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private string Document() => $$"""
        openapi: 3.0.3
        info: { title: Held, version: "1" }
        servers: [{ url: "{{_server.Url}}" }]
        paths:
        {{string.Concat(Enumerable.Range(0, Tasks).Select(Paths))}}
        """;

    private static string Paths(int task) => $$"""
          /held/{{task}}:
            post: { operationId: hold_{{task}}, responses: { "200": { description: Done } } }
          /ok/{{task}}:
            get: { operationId: look_{{task}}, responses: { "200": { description: There } } }

        """;
}
