using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepTool.Tests.Client;
using StepTool.Tests.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Silo;

/// <summary>A silo into which a small folder of recorded answers was imported by the console.</summary>
public sealed class VirtualSilo : IAsyncLifetime
{
    /// <summary>A call that is recorded.</summary>
    public const string Recorded = """{"category": "Weather", "tool_name": "sky", "api_name": "daily", "tool_input": "{\"city\": \"Oslo\", \"days\": 3}", "strip": "truncate", "toolbench_key": ""}""";

    private readonly RecordedFolder _folder = new RecordedFolder()
        .Api("Weather", "sky", "daily", "Forecast", ["city", "days?"])
        .Query("G1_tool", "1", "Weather?", "*Weather/sky/daily")
        .Answer("Weather/sky/daily", "{'city': 'Oslo', 'days': 3}", "three days\nin \"Oslo\" \u2014 \u96e8 \ud83d\ude00")
        .Answer("Weather/sky/daily", "{'city': 'Oslo', 'days': '3'}", "", "Message error...")
        .Answer("Weather/sky/daily", "['Oslo']", "of a list")
        .Record("Weather/sky/daily", "{}", JsonNode.Parse("""{"error": "", "response": {"z": 1.50, "a": [1E5, null, true, {"x": "é"}]}, "more": 1}""")!)
        .Record("Weather/sky/daily", "{'city': 'Rome'}", JsonNode.Parse("""{"error": "", "response": {"b": 1.0, "a": []}}""")!)
        .Answer("Sports/no_docs/score", "{'match': 7}", "2:1");

    private TemporarySilo? _silo;

    public string World { get; private set; } = "";

    /// <summary>The same folder without its queries, as a catalogue.</summary>
    public string Catalogue { get; private set; } = "";

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _silo = await TemporarySilo.StartAsync();
        Http = _silo.Http;
        var path = _folder.Write().Path;
        Catalogue = await ImportAsync(path);
        World = await ImportAsync("--data", path);
    }

    private async Task<string> ImportAsync(params string[] arguments)
    {
        var run = await ConsoleRun.OfAsync(["tools", "import", .. arguments, "--silo", _silo!.Url, "--json"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!["world"]!.GetValue<string>();
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _silo!.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A call by the names that the folder has.</summary>
    public static string Call(string category, string tool, string api, string input) => JsonSerializer.Serialize(
        new { category, tool_name = tool, api_name = api, tool_input = JsonNode.Parse(input), strip = "", toolbench_key = "" });

    internal Task<VirtualAnswer> PostAsync(string body, string path = "/virtual", string? contentType = "application/json") =>
        PostAsync(Encoding.UTF8.GetBytes(body), path, contentType);

    internal async Task<VirtualAnswer> PostAsync(byte[] body, string path = "/virtual", string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var provenance = response.Headers.TryGetValues("X-StepTool-Provenance", out var values) ? values.Single() : null;
        return new VirtualAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), provenance);
    }
}

/// <summary>What came back.</summary>
internal sealed record VirtualAnswer(int Status, string Body, string? Provenance);
