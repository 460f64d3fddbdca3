using System.Text.Json;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads <c>solvable_queries/test_instruction/&lt;group&gt;.json</c>; the file's name is the group.</summary>
internal static class QueryFileReader
{
    public static void Read(string file, JsonElement root, ApiCollector apis, SortedDictionary<string, ArchivedTask> tasks, SkipEntry skip)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            skip(file, "", $"expected an array of queries, found {root.ValueKind.ToString().ToLowerInvariant()}");
            return;
        }

        var group = Path.GetFileNameWithoutExtension(file);
        foreach (var (entry, index) in root.EnumerateArray().Select((entry, index) => (entry, index)))
        {
            var id = JsonText.Member(entry, "query_id");
            var problem = id.Length == 0 ? "no query_id" : tasks.ContainsKey(id) ? "the query_id was read before" : Read(id, group, entry, apis, tasks);
            if (problem.Length > 0)
            {
                skip(file, id.Length > 0 ? $"query {id}" : $"entry {index}", problem);
            }
        }
    }

    private static string Read(string id, string group, JsonElement entry, ApiCollector apis, SortedDictionary<string, ArchivedTask> tasks)
    {
        var query = JsonText.Member(entry, "query");
        if (query.Length == 0)
        {
            return "no query";
        }

        var own = new List<ApiKey>();
        foreach (var api in JsonText.Items(entry, "api_list"))
        {
            var (category, tool, name) = (JsonText.Member(api, "category_name"), JsonText.Member(api, "tool_name"), JsonText.Member(api, "api_name"));
            if (category.Length == 0 || tool.Length == 0 || name.Length == 0)
            {
                return "an API of its api_list lacks category_name, tool_name or api_name";
            }

            var key = ApiKey.FromNames(category, tool, name);
            apis.Add(ToolFileReader.Define(key, tool, name, "", JsonText.Member(api, "api_description"), api));
            if (!own.Contains(key))
            {
                own.Add(key);
            }
        }

        if (own.Count == 0)
        {
            return "its api_list is empty";
        }

        var relevant = new List<ApiKey>();
        foreach (var pair in JsonText.Items(entry, "relevant APIs"))
        {
            var names = pair.ValueKind == JsonValueKind.Array ? pair.EnumerateArray().Select(JsonText.Of).ToArray() : [];
            var key = names.Length == 2 ? own.Find(key => key.Tool == StandardName.Of(names[0]) && key.Api == StandardName.Of(names[1])) : default;
            if (key == default)
            {
                return $"its relevant API {JsonText.Of(pair)} is not in its api_list";
            }

            if (!relevant.Contains(key))
            {
                relevant.Add(key);
            }
        }

        tasks.Add(id, new ArchivedTask(id, group, query, [.. own], [.. relevant]));
        return "";
    }
}
