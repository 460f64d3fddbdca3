using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Virtual;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads <c>tool_response_cache/&lt;Category&gt;/&lt;tool&gt;_for_&lt;Category&gt;/&lt;api&gt;.json</c>: one object, keyed by Python's text of the arguments.</summary>
internal static class CacheFileReader
{
    private const int ShownKey = 60;

    /// <summary>The API whose answers a file holds.</summary>
    public static ApiKey Key(string file)
    {
        var parts = file.Split('/');
        var (category, tool, name) = (parts[^3], parts[^2], Path.GetFileNameWithoutExtension(file));
        var suffix = $"_for_{category}";
        return ApiKey.FromNames(category, tool.EndsWith(suffix, StringComparison.Ordinal) ? tool[..^suffix.Length] : tool, name);
    }

    /// <summary>Reads one file and returns the number of distinct calls it added.</summary>
    public static int Read(string file, JsonElement root, ApiCollector apis, SkipEntry skip)
    {
        var key = Key(file);
        if (!apis.Knows(key))
        {
            skip(file, "", $"no documentation of the API {key} in tools or in a query, so that only /virtual answers from it");
            apis.AddUndocumented(key);
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            skip(file, "", $"expected an object of answers, found {root.ValueKind.ToString().ToLowerInvariant()}");
            return 0;
        }

        var added = 0;
        foreach (var entry in root.EnumerateObject())
        {
            var answer = Answer(entry.Name, entry.Value, (where, reason) => skip(file, where, reason));
            added += apis.AddAnswer(key, answer) && apis.Knows(key) ? 1 : 0;
        }

        return added;
    }

    /// <summary>Reads one entry of a file; without arguments where its key is none that can be read.</summary>
    public static RecordedAnswer Answer(string key, JsonElement value, Action<string, string> skip)
    {
        var isObject = value.ValueKind == JsonValueKind.Object;
        var answer = new RecordedAnswer(Arguments(key, skip), isObject ? JsonText.Member(value, "error") : "", isObject ? JsonText.Member(value, "response") : JsonText.Of(value)) { Text = key };
        var (structured, body) = (answer with { Structured = true }, VirtualBody.Of(value));
        return answer.ToBody() == body ? answer : structured.ToBody() == body ? structured : answer with { Body = body };
    }

    private static string Arguments(string key, Action<string, string> skip)
    {
        try
        {
            return CanonicalArguments.FromPython(key);
        }
        catch (ArgumentsException exception)
        {
            skip($"key {(key.Length <= ShownKey ? key : key[..ShownKey] + "...")}, position {exception.Position}", exception.Reason);
            return "";
        }
    }
}
