using System.Text.Json;
using StepTool.Core.Tasks;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Client.Queue;

/// <summary>
/// Reads tasks to queue, one JSON object a line: <c>{"task": "id of a task of the world"}</c> or
/// <c>{"id"?, "query": "...", "apis": ["category/tool/api", ...], "max_turns"?: n}</c>. A line at fault is refused alone.
/// </summary>
internal sealed class TaskFileReader(IWorld world)
{
    private const int MostTurns = 100;
    private const int MostApis = 512;
    private const int LongestQuery = 20_000;

    private static readonly HashSet<string> KnownKeys = ["task", "id", "query", "apis", "max_turns"];

    private readonly Dictionary<string, AgentTask> _known = world.Tasks.ToDictionary(task => task.Id, StringComparer.Ordinal);

    /// <summary>Reads all lines; empty ones are skipped.</summary>
    /// <param name="file">Name of the file for messages and for the ids of tasks without one.</param>
    /// <param name="lines">Its lines.</param>
    public TaskFile Read(string file, IEnumerable<string> lines)
    {
        var tasks = new List<AgentTask>();
        var refused = new List<RefusedLine>();
        var firstLines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, text) in lines.Index())
        {
            var line = index + 1;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            try
            {
                var task = ReadLine(text, $"{Path.GetFileNameWithoutExtension(file)}-{line}");
                if (!firstLines.TryAdd(task.Id, line))
                {
                    throw new LineFault("id", $"'{task.Id}' stands on line {firstLines[task.Id]} already; ids must differ within a file. Give this one another id or leave it out.");
                }

                tasks.Add(task);
            }
            catch (LineFault fault)
            {
                refused.Add(new RefusedLine(file, line, fault.Key, fault.Message));
            }
        }

        return new TaskFile([.. tasks], [.. refused]);
    }

    private AgentTask ReadLine(string text, string presetId)
    {
        using var document = Parse(text);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new LineFault("", $"the line is a JSON {Kind(root)}; it must be an object such as {{\"task\": \"ID\"}} or {{\"query\": \"...\", \"apis\": [...]}}.");
        }

        foreach (var property in root.EnumerateObject())
        {
            if (!KnownKeys.Contains(property.Name))
            {
                throw new LineFault(property.Name, $"is not known; keys are {string.Join(", ", KnownKeys)}. Correct its spelling or leave it out.");
            }
        }

        return root.TryGetProperty("task", out var task) ? OfWorld(root, task) : OwnTask(root, presetId);
    }

    private AgentTask OfWorld(JsonElement root, JsonElement element)
    {
        if (root.TryGetProperty("query", out _) || root.TryGetProperty("apis", out _))
        {
            throw new LineFault("task", "stands beside 'query' or 'apis'; a line names a task of the world or describes its own. Leave one of them out.");
        }

        var id = Text(element, "task");
        return _known.TryGetValue(id, out var task)
            ? task with { MaxTurns = Turns(root, task.MaxTurns) }
            : throw new LineFault("task", $"'{id}' is no task of world {world.Id}; {Known(id)}");
    }

    private string Known(string id) => _known.Count == 0
        ? "it has none, so describe your own by 'query' and 'apis'."
        : $"it has {_known.Count}, such as '{_known.Keys.First()}'{Nearest(id, _known.Keys)}";

    private AgentTask OwnTask(JsonElement root, string presetId)
    {
        var query = root.TryGetProperty("query", out var element)
            ? Text(element, "query")
            : throw new LineFault("query", "is missing; say what is asked, or name a task of the world by 'task'.");
        if (query.Length > LongestQuery)
        {
            throw new LineFault("query", $"has {query.Length} characters; at most {LongestQuery} are taken. Shorten it.");
        }

        return new AgentTask
        {
            Id = root.TryGetProperty("id", out var id) ? Text(id, "id") : presetId,
            Query = query,
            Offered = [.. Apis(root)],
            MaxTurns = Turns(root, world.DefaultMaxTurns),
        };
    }

    private List<ApiKey> Apis(JsonElement root)
    {
        if (!root.TryGetProperty("apis", out var apis) || apis.ValueKind != JsonValueKind.Array || apis.GetArrayLength() is < 1 or > MostApis)
        {
            throw new LineFault("apis", $"must be an array of 1 to {MostApis} API keys, such as [\"weather/open_forecast/daily\"]; see 'steptool tools list'.");
        }

        var offered = new List<ApiKey>();
        foreach (var (index, element) in apis.EnumerateArray().Index())
        {
            var key = $"apis[{index}]";
            var name = Text(element, key);
            if (!ApiKey.TryParse(name, out var api))
            {
                throw new LineFault(key, $"'{name}' is not of the form category/tool/api, such as weather/open_forecast/daily.");
            }

            if (!world.TryDescribe(api, out _))
            {
                throw new LineFault(key, $"'{name}' is no API of world {world.Id}{Nearest(name, world.Apis.Select(known => known.ToString()))} See 'steptool tools list'.");
            }

            if (offered.Contains(api))
            {
                throw new LineFault(key, $"'{name}' is offered twice. Leave one out.");
            }

            offered.Add(api);
        }

        return offered;
    }

    private static int Turns(JsonElement root, int preset) => !root.TryGetProperty("max_turns", out var element)
        ? preset
        : element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var turns) && turns is >= 1 and <= MostTurns
            ? turns
            : throw new LineFault("max_turns", $"is {element.GetRawText()}; it must be a whole number from 1 to {MostTurns}. Leave it out for {preset}.");

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new LineFault("", $"is not JSON at character {exception.BytePositionInLine + 1}; write one JSON object a line, such as {{\"task\": \"ID\"}}.");
        }
    }

    private static string Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw new LineFault(key, $"is {Cut(element.GetRawText())}; it must be a text that is not blank.");

    private static string Nearest(string text, IEnumerable<string> known) => Spelling.Nearest(text, known) is { } near ? $"; did you mean '{near}'?" : ".";

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private sealed class LineFault(string key, string message) : Exception(message)
    {
        public string Key => key;
    }
}
