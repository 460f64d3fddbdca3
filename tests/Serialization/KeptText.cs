using System.Text.Json;

namespace StepTool.Tests.Serialization;

/// <summary>Finds what a text lost by being read and written again.</summary>
internal static class KeptText
{
    /// <summary>Values of the earlier text that the later one has not at the same place, each as its path and value.</summary>
    public static IEnumerable<string> Lost(string earlier, string later)
    {
        using var before = JsonDocument.Parse(earlier);
        using var after = JsonDocument.Parse(later);
        return Values("", before.RootElement).Except(Values("", after.RootElement)).ToArray();
    }

    private static IEnumerable<string> Values(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Values($"{path}.{member.Name}", member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Index().SelectMany(item => Values($"{path}[{item.Index}]", item.Item)),
        _ => [$"{path} = {(element.ValueKind is JsonValueKind.String ? element.GetString() : element.GetRawText())}"],
    };
}
