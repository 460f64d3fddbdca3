using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads <c>tool_response_cache/&lt;Category&gt;/&lt;tool&gt;_for_&lt;Category&gt;/&lt;api&gt;.json</c>: one object, keyed by Python's text of the arguments.</summary>
internal static class CacheFileReader
{
    private const int ShownKey = 60;

    /// <summary>Reads one file and returns the number of distinct calls it added.</summary>
    public static int Read(string file, JsonElement root, ApiCollector apis, SkipEntry skip)
    {
        var parts = file.Split('/');
        var (category, tool, name) = (parts[^3], parts[^2], Path.GetFileNameWithoutExtension(file));
        var suffix = $"_for_{category}";
        var key = ApiKey.FromNames(category, tool.EndsWith(suffix, StringComparison.Ordinal) ? tool[..^suffix.Length] : tool, name);
        if (!apis.Knows(key))
        {
            skip(file, "", $"no documentation of the API {key} in tools or in a query");
            return 0;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            skip(file, "", $"expected an object of answers, found {root.ValueKind.ToString().ToLowerInvariant()}");
            return 0;
        }

        var added = 0;
        foreach (var entry in root.EnumerateObject())
        {
            try
            {
                var arguments = CanonicalArguments.FromPython(entry.Name);
                var answer = entry.Value.ValueKind == JsonValueKind.Object
                    ? new RecordedAnswer(arguments, JsonText.Member(entry.Value, "error"), JsonText.Member(entry.Value, "response"))
                    : new RecordedAnswer(arguments, "", JsonText.Of(entry.Value));
                added += apis.AddAnswer(key, answer) ? 1 : 0;
            }
            catch (ArgumentsException exception)
            {
                skip(file, $"key {(entry.Name.Length <= ShownKey ? entry.Name : entry.Name[..ShownKey] + "...")}, position {exception.Position}", exception.Reason);
            }
        }

        return added;
    }
}
