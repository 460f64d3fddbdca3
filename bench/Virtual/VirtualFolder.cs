using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace StepTool.Bench.Virtual;

/// <summary>
/// A folder in StableToolBench's layout with made-up answers of the usual length: many APIs with a few entries each, one API with 5 and one with 5,000.
/// </summary>
internal sealed class VirtualFolder
{
    private const string Category = "Bench";
    private const string Api = "look_up";
    private const int ManyApis = 500;
    private const int Few = 5;
    private const int Thousands = 5_000;
    private const int AnswerLength = 700;

    private VirtualFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>Calls of many APIs, in an order that visits each API before any again.</summary>
    internal ImmutableArray<VirtualCall> Recorded { get; } = [.. Enumerable.Range(0, Few).SelectMany(entry => Enumerable.Range(0, ManyApis).Select(api => Call($"many_{api}", entry)))];

    /// <summary>Calls of the API with 5 entries.</summary>
    internal ImmutableArray<VirtualCall> Five { get; } = [.. Enumerable.Range(0, Few).Select(entry => Call("five", entry))];

    /// <summary>Calls of the API with 5,000 entries.</summary>
    internal ImmutableArray<VirtualCall> FiveThousand { get; } = [.. Enumerable.Range(0, Thousands).Select(entry => Call("five_thousand", entry * 7 % Thousands))];

    /// <summary>Writes the folder.</summary>
    internal static VirtualFolder Write(string path)
    {
        foreach (var (tool, entries) in Enumerable.Range(0, ManyApis).Select(api => ($"many_{api}", Few)).Append(("five", Few)).Append(("five_thousand", Thousands)))
        {
            var api = new JsonObject { ["name"] = Api, ["description"] = "", ["method"] = "GET", ["required_parameters"] = Parameters("city", "day"), ["optional_parameters"] = new JsonArray() };
            WriteJson(path, $"tools/{Category}/{tool}.json", new JsonObject { ["tool_name"] = tool, ["standardized_name"] = tool, ["tool_description"] = "", ["api_list"] = new JsonArray(api) });
            var answers = Enumerable.Range(0, entries).Select(entry => KeyValuePair.Create<string, JsonNode?>(
                $"{{'city': 'City {entry}', 'day': {entry % 28}}}", new JsonObject { ["error"] = "", ["response"] = Answer(tool, entry) }));
            WriteJson(path, $"tool_response_cache/{Category}/{tool}_for_{Category}/{Api}.json", new JsonObject(answers));
        }

        var queried = new JsonObject { ["category_name"] = Category, ["tool_name"] = "five", ["api_name"] = Api };
        var query = new JsonObject { ["query_id"] = "1", ["query"] = "What is in city 1?", ["api_list"] = new JsonArray(queried), ["relevant APIs"] = new JsonArray(new JsonArray("five", Api)) };
        WriteJson(path, "solvable_queries/test_instruction/G1_tool.json", new JsonArray(query));
        return new VirtualFolder(path);
    }

    private static VirtualCall Call(string tool, int entry) => new(
        Encoding.UTF8.GetBytes(new JsonObject
        {
            ["category"] = Category,
            ["tool_name"] = tool,
            ["api_name"] = Api,
            ["tool_input"] = $$"""{"city": "City {{entry}}", "day": {{entry % 28}}}""",
            ["strip"] = "truncate",
            ["toolbench_key"] = "",
        }.ToJsonString()),
        Encoding.UTF8.GetBytes($$"""{"error":"","response":"{{Answer(tool, entry)}}"}"""));

    private static string Answer(string tool, int entry) => $"{tool} {entry} ".PadRight(AnswerLength, 'x');

    private static JsonArray Parameters(params string[] names) =>
        [.. names.Select(name => new JsonObject { ["name"] = name, ["type"] = "STRING", ["description"] = "", ["default"] = "" })];

    private static void WriteJson(string folder, string file, JsonNode content)
    {
        var path = System.IO.Path.Combine(folder, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ToJsonString());
    }
}

/// <summary>A call and its answer.</summary>
/// <param name="Body">The request's body.</param>
/// <param name="Answer">The answer's body.</param>
internal sealed record VirtualCall(byte[] Body, byte[] Answer);
