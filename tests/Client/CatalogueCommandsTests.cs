using System.Text.Json;
using StepTool.Silo.Storage;
using StepTool.Tests.Client.Imports;
using StepTool.Tests.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Simulation")]
public sealed class CatalogueCommandsTests : IDisposable
{
    private const string Pet = "openapi/pets_of_the_village/get_pet";
    private readonly string _folder = Directory.CreateTempSubdirectory("steptool-catalogue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Catalogue_ImportedByName_IsListedShownCalledAndQueuedFor()
    {
        var skipped = Path.Combine(_folder, "skipped.txt");
        using var recorded = new RecordedFolder().Api("Weather", "sky", "daily", "Forecast of a day", ["city"]).Answer("Weather/sky/daily", "{'city': 'Oslo'}", "rain").Write();
        var imported = await RunAsync("tools", "import", OpenApiSourceTests.Documents, recorded.Path, "--name", "village", "--skipped", skipped);
        Assert.Equal((0, ""), (imported.ExitCode, string.Concat(imported.Errors.Split('\n').Where(line => !line.StartsWith("left out: ", StringComparison.Ordinal)))));
        Assert.Contains("12 APIs with 1 recorded answers from 5 files; 2 entries left out", imported.Output, StringComparison.Ordinal);
        Assert.Contains("Use it as: --world village", imported.Output, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadLines(skipped).Count());

        var listed = await RunAsync("tools", "list", "--world", "village", "--json");
        using var list = JsonDocument.Parse(listed.Output);
        Assert.Equal(12, list.RootElement.GetArrayLength());
        Assert.Equal(["GET", "recorded", "simulated", "POST, changes"], list.RootElement.EnumerateArray().Select(api => api.GetProperty("call").GetString()).Distinct().Where(call => call is "GET" or "recorded" or "simulated" or "POST, changes").OrderBy(call => call!.Length));

        var shown = await RunAsync("tools", "show", Pet, "--world", "village", "--schema");
        Assert.Contains("GET, safe to repeat", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Called by: HTTP GET https://north.pets.example/v1/pets/{id}", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Credentials: StepTool:Tools:Credentials:pets_of_the_village_key, or StepTool:Tools:Credentials:pets_of_the_village_user", shown.Output, StringComparison.Ordinal);
        Assert.Contains("\"additionalProperties\": false", shown.Output, StringComparison.Ordinal);

        var refused = await RunAsync("tools", "call", Pet, "--world", "village", "--arguments", """{"id":"x"}""");
        Assert.Contains("'id' is \"x\"; it must be an integer. For example: {\"id\":7}", refused.Output, StringComparison.Ordinal);
        var answered = await RunAsync("tools", "call", "weather/sky/daily", "--world", "village", "--arguments", """{"city":"Oslo"}""");
        Assert.StartsWith("Ok, Recorded", answered.Output, StringComparison.Ordinal);
        Assert.Contains("rain", answered.Output, StringComparison.Ordinal);

        var tasks = Path.Combine(_folder, "tasks.jsonl");
        await File.WriteAllTextAsync(tasks, """
            {"query": "What is the weather in Oslo?", "apis": ["weather/sky/daily"]}
            {"task": "1"}
            """);
        var watched = await RunAsync("queue", "add", tasks, "--world", "village", "--watch");
        Assert.Contains("1 task queued for floor:tool-bm25@5, 1 line refused.", watched.Output, StringComparison.Ordinal);
        Assert.Contains("it has none, so describe your own by 'query' and 'apis'", watched.Errors, StringComparison.Ordinal);

        using var queued = JsonDocument.Parse((await RunAsync("queue", "add", tasks, "--world", "village", "--json")).Output);
        var episodes = await RunAsync("episodes", "list", queued.RootElement.GetProperty("run").GetString()!, "--json");
        Assert.Contains("\"status\": \"Finished\"", episodes.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("tools list --world nobody", "--world is 'nobody', and no catalogue has that name. Name one with 'steptool tools import SOURCE --name nobody'.")]
    [InlineData("tools list --world catalogue:abc", "World 'catalogue:abc' is not of the form")]
    [InlineData("tools import", "Give what to import: either SOURCE")]
    [InlineData("tools import nowhere.json", "SOURCE is 'nowhere.json', which does not exist")]
    [InlineData("tools import x --name Big", "--name is 'Big'; it must be 1 to 64 lower-case letters")]
    [InlineData("tools import x --server ftp://x", "--server is 'ftp://x'; it must be an http or https URL")]
    [InlineData("tools call a/b/c --tools maybe", "--tools is 'maybe'; it must be one of recorded, live, live-then-simulated, replay")]
    public async Task Command_UsedWrongly_SaysWhatIsWanted(string arguments, string message)
    {
        DataDirectory.Open(Path.Combine(_folder, "data")).Dispose(); // what only looks makes none

        var run = await RunAsync(arguments.Split(' '));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    private Task<ConsoleRun> RunAsync(params string[] arguments) => ConsoleRun.OfAsync([.. arguments, "--data-dir", Path.Combine(_folder, "data")]);
}
