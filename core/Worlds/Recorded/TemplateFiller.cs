using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Makes an answer from a response template, in which each value is named by its type: <c>"str"</c>, <c>"int"</c>, <c>"list of str with length 4"</c>.
/// The same template and seed give the same answer.
/// </summary>
internal static class TemplateFiller
{
    private const string ListLength = "_list_length";
    private const int MostItems = 3;
    private const int LongestAnswer = 1024;
    private static readonly string[] Words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "inlet", "juniper", "knoll", "linden"];

    /// <summary>An answer in the template's shape; a plain acknowledgement where there is no template.</summary>
    public static string Fill(string? template, ulong seed)
    {
        var text = Filled(template, new SeededRandom(seed));
        return text.Length <= LongestAnswer ? text : text[..LongestAnswer];
    }

    private static string Filled(string? template, SeededRandom chance)
    {
        try
        {
            return (Parse(template) is { } shape ? Value(shape, "result", chance) : new JsonObject { ["result"] = Text("result", chance) })?.ToJsonString() ?? "null";
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return Filled(null, chance); // half of a surrogate pair, or one name twice: no template
        }
    }

    private static JsonNode? Parse(string? template)
    {
        try
        {
            return template is null ? null : JsonNode.Parse(template);
        }
        catch (JsonException)
        {
            return null; // templates may be cut where they were recorded
        }
    }

    private static JsonNode? Value(JsonNode? shape, string name, SeededRandom chance) => shape switch
    {
        JsonObject members => new JsonObject(members
            .Where(member => member.Key != ListLength)
            .Select(member => KeyValuePair.Create(member.Key, Value(member.Value, member.Key, chance)))),
        JsonArray { Count: 1 } items when items[0] is JsonValue value && value.GetValueKind() == JsonValueKind.String => Named(value.GetValue<string>(), name, chance),
        JsonArray items => new JsonArray([.. Repeated(items).Select(item => Value(item, name, chance))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Named(value.GetValue<string>(), name, chance),
        _ => shape?.DeepClone(),
    };

    private static IEnumerable<JsonNode?> Repeated(JsonArray items)
    {
        var length = items.Count == 1 && items[0] is JsonObject item && item[ListLength] is JsonValue value && value.TryGetValue(out int given) ? given : 1;
        return Enumerable.Repeat(items, Math.Clamp(length, 1, MostItems)).SelectMany(list => list);
    }

    private static JsonNode? Named(string type, string name, SeededRandom chance)
    {
        const string List = "list of ";
        if (type.StartsWith(List, StringComparison.Ordinal))
        {
            var parts = type[List.Length..].Split(' ');
            _ = int.TryParse(parts[^1], CultureInfo.InvariantCulture, out var length);
            return new JsonArray([.. Enumerable.Range(0, Math.Clamp(length, 1, MostItems)).Select(_ => Named(parts[0], name, chance))]);
        }

        return type switch
        {
            "int" => JsonValue.Create(chance.NextInt(1000)),
            "float" => JsonValue.Create(Math.Round(chance.NextDouble() * 100, 2)),
            "bool" => JsonValue.Create(chance.NextInt(2) == 0),
            "NoneType" => null,
            "empty list" or "list" => new JsonArray(),
            "dict" => new JsonObject(),
            _ => Text(name, chance),
        };
    }

    /// <summary>Made-up text for a member of this name.</summary>
    public static JsonValue Text(string name, SeededRandom chance) =>
        JsonValue.Create($"{name} {Words[chance.NextInt(Words.Length)]} {chance.NextInt(100).ToString(CultureInfo.InvariantCulture)}");
}
