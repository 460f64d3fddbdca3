using System.Text.Json;
using System.Text.Json.Nodes;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Tests.Worlds.Recorded;

/// <summary>Builds a small folder in StableToolBench's layout, with made-up tools and queries.</summary>
internal sealed class RecordedFolder : IDisposable
{
    private readonly Dictionary<string, JsonObject> _tools = [];
    private readonly Dictionary<string, JsonArray> _groups = [];
    private readonly Dictionary<string, JsonObject> _caches = [];
    private readonly Dictionary<string, List<string>> _episodes = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("steptool-recorded-").FullName;

    /// <summary>Adds an API; parameters are names, an optional one ending in "?".</summary>
    public RecordedFolder Api(string category, string tool, string api, string description = "", string[]? parameters = null, string? template = null)
    {
        var file = $"tools/{category}/{tool}.json";
        if (!_tools.TryGetValue(file, out var entry))
        {
            _tools[file] = entry = new JsonObject { ["tool_name"] = tool, ["standardized_name"] = tool, ["tool_description"] = "", ["api_list"] = new JsonArray() };
        }

        var required = new JsonArray();
        var optional = new JsonArray();
        foreach (var parameter in parameters ?? [])
        {
            (parameter.EndsWith('?') ? optional : required).Add(
                new JsonObject { ["name"] = parameter.TrimEnd('?'), ["type"] = "STRING", ["description"] = "", ["default"] = "" });
        }

        ((JsonArray)entry["api_list"]!).Add(new JsonObject
        {
            ["name"] = api,
            ["description"] = description,
            ["method"] = "GET",
            ["required_parameters"] = required,
            ["optional_parameters"] = optional,
            ["template_response"] = template is null ? null : JsonNode.Parse(template),
        });
        return this;
    }

    /// <summary>Adds a query; APIs are "category/tool/api", those marked with "*" relevant.</summary>
    public RecordedFolder Query(string group, string id, string query, params string[] apis)
    {
        var list = new JsonArray();
        var relevant = new JsonArray();
        foreach (var api in apis)
        {
            var parts = api.TrimStart('*').Split('/');
            list.Add(new JsonObject { ["category_name"] = parts[0], ["tool_name"] = parts[1], ["api_name"] = parts[2], ["api_description"] = "" });
            if (api.StartsWith('*'))
            {
                relevant.Add(new JsonArray(parts[1], parts[2]));
            }
        }

        var entries = _groups.TryGetValue(group, out var known) ? known : _groups[group] = [];
        entries.Add(new JsonObject { ["query_id"] = id, ["query"] = query, ["api_list"] = list, ["relevant APIs"] = relevant });
        return this;
    }

    /// <summary>Adds a recorded answer under Python's text of its arguments.</summary>
    public RecordedFolder Answer(string api, string pythonKey, string response, string error = "") =>
        Record(api, pythonKey, new JsonObject { ["error"] = error, ["response"] = response });

    /// <summary>Adds a recorded answer as it stands in the file.</summary>
    public RecordedFolder Record(string api, string pythonKey, JsonNode answer)
    {
        var parts = api.Split('/');
        var file = $"tool_response_cache/{parts[0]}/{parts[1]}_for_{parts[0]}/{parts[2]}.json";
        var answers = _caches.TryGetValue(file, out var known) ? known : _caches[file] = [];
        answers[pythonKey] = answer;
        return this;
    }

    /// <summary>Adds a recorded episode of the supervised policy; steps are function names, those marked with "!" failed.</summary>
    public RecordedFolder Episode(string group, string id, string? answer, string votes, params string[] functions) =>
        EpisodeOf("toolllama_sft_cot", group, id, answer, votes, functions);

    /// <summary>Adds a recorded episode of a method and strategy.</summary>
    public RecordedFolder EpisodeOf(string method, string group, string id, string? answer, string votes, params string[] functions)
    {
        var steps = new JsonArray();
        foreach (var function in functions)
        {
            var error = function.StartsWith('!') ? "no" : "";
            steps.Add(new JsonObject { ["name"] = function.TrimStart('!'), ["arguments"] = "{}", ["response"] = $$"""{"error": "{{error}}", "response": "fine"}""" });
        }

        if (answer is not null)
        {
            var arguments = new JsonObject { ["return_type"] = "give_answer", ["final_answer"] = answer };
            steps.Add(new JsonObject { ["name"] = "Finish", ["arguments"] = arguments.ToJsonString(), ["response"] = "" });
        }

        var lines = _episodes.TryGetValue(group, out var known) ? known : _episodes[group] = [];
        lines.Add(new JsonObject
        {
            ["query_id"] = id,
            ["method"] = method,
            ["steps"] = steps,
            ["votes"] = new JsonArray([.. votes.Select(vote => JsonValue.Create(vote == 'S' ? "Solved" : "Unsolved"))]),
        }.ToJsonString());
        return this;
    }

    /// <summary>Writes all files.</summary>
    public RecordedFolder Write()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "tools"));
        foreach (var (file, root) in _tools)
        {
            Write(file, root.ToJsonString());
        }

        foreach (var (group, root) in _groups)
        {
            Write($"solvable_queries/test_instruction/{group}.json", root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }

        foreach (var (file, root) in _caches)
        {
            Write(file, root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }

        foreach (var (group, lines) in _episodes)
        {
            Write($"recorded/{group}.jsonl", string.Join('\n', lines));
        }

        return this;
    }

    /// <summary>Writes one file as given.</summary>
    public RecordedFolder Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Cuts a file to a share of its length.</summary>
    public RecordedFolder Truncate(string file)
    {
        var path = System.IO.Path.Combine(Path, file);
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text[..(text.Length / 2)]);
        return this;
    }

    /// <summary>Writes, packs and loads the world.</summary>
    public RecordedWorld Load(RecordedWorldOptions? options = null) => RecordedWorld.Load(RecordedArchive.Pack(Write().Path).Content, options ?? new());

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
