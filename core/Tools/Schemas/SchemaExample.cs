using System.Text.Json;
using System.Text.Json.Nodes;
using StepTool.Core.Chance;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Core.Tools.Schemas;

/// <summary>Makes up a value that fits a schema. Bounded in depth and size, whatever the schema.</summary>
internal sealed class SchemaExample(JsonSchema schema, ulong seed, bool onlyRequired)
{
    private const int MostValues = 200;
    private const int MostMembers = 24;
    private const int Deepest = 8;
    private const int DeepestOptional = 3;
    private const int MostItems = 3;
    private const int LongestText = 200;
    private readonly SeededRandom _chance = new(seed);
    private int _values;

    public string Write() => Value(schema.Root, "result", 0)?.ToJsonString() ?? "null";

    private JsonNode? Value(JsonElement at, string name, int depth)
    {
        if (++_values > MostValues || depth > Deepest || schema.Follow(at) is not { ValueKind: JsonValueKind.Object } found)
        {
            return null;
        }

        at = found;
        if (Given(at) is { } given)
        {
            return JsonNode.Parse(given.GetRawText());
        }

        if (at.TryGetProperty("allOf", out _) || at.TryGetProperty("properties", out _))
        {
            var members = new JsonObject();
            AddMembers(members, at, depth);
            if (members.Count > 0 || at.TryGetProperty("properties", out _))
            {
                return members;
            }
        }

        foreach (var keyword in (string[])["oneOf", "anyOf", "allOf"])
        {
            if (SchemaWords.Schemas(at, keyword) is [var first, ..])
            {
                return Value(first, name, depth + 1);
            }
        }

        return TypeOf(at) switch
        {
            "integer" or "number" => Number(at),
            "boolean" => JsonValue.Create(_chance.NextInt(2) == 0),
            "array" => Items(at, name, depth),
            "object" => new JsonObject(),
            "null" => null,
            _ => Text(at, name),
        };
    }

    // What the publisher gives comes first: it may say more than a schema can.
    private JsonElement? Given(JsonElement at)
    {
        if (at.TryGetProperty("const", out var only) || at.TryGetProperty("example", out only))
        {
            return only;
        }

        foreach (var keyword in (string[])["examples", "enum"])
        {
            if (at.TryGetProperty(keyword, out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() is > 0 and var count)
            {
                return choices[onlyRequired ? 0 : _chance.NextInt(count)];
            }
        }

        return at.TryGetProperty("default", out var preset) && preset.ValueKind != JsonValueKind.Null ? preset : null;
    }

    private void AddMembers(JsonObject members, JsonElement at, int depth)
    {
        foreach (var part in SchemaWords.Schemas(at, "allOf"))
        {
            if (++_values <= MostValues && depth < Deepest && schema.Follow(part) is { ValueKind: JsonValueKind.Object } found)
            {
                AddMembers(members, found, depth + 1);
            }
        }

        if (!at.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var required = SchemaWords.Names(at, "required").ToHashSet(StringComparer.Ordinal);
        foreach (var member in properties.EnumerateObject())
        {
            var name = SchemaWords.NameOf(member);
            var isWanted = required.Contains(name) || (!onlyRequired && depth < DeepestOptional && members.Count < MostMembers);
            if (isWanted && !members.ContainsKey(name))
            {
                members[name] = Value(member.Value, name, depth + 1);
            }
        }
    }

    private JsonArray Items(JsonElement at, string name, int depth)
    {
        var items = new JsonArray();
        var count = Math.Clamp(SchemaWords.Count(at, "minItems") ?? 1, onlyRequired ? 0 : 1, MostItems);
        for (; count > 0 && at.TryGetProperty("items", out var item); count--)
        {
            items.Add(Value(item, name, depth + 1));
        }

        return items;
    }

    private JsonValue Number(JsonElement at)
    {
        var isWhole = TypeOf(at) == "integer";
        var (low, high) = (Limit(at, "minimum") ?? Limit(at, "exclusiveMinimum") + 1, Limit(at, "maximum") ?? Limit(at, "exclusiveMaximum") - 1);
        var least = low ?? Math.Min(1, high ?? 1);
        var most = Math.Max(least, high ?? least + 999);
        var value = onlyRequired ? least : least + (_chance.NextDouble() * (most - least));
        var step = Limit(at, "multipleOf") is { } multiple and > 0 ? multiple : isWhole ? 1 : 0;
        value = step > 0 ? Math.Ceiling(value / step) * step : Math.Round(value, 2);
        value = value > most && step == 0 ? most : value;
        return isWhole && Math.Abs(value) < long.MaxValue ? JsonValue.Create((long)value) : JsonValue.Create(double.IsFinite(value) ? value : 0);
    }

    private JsonValue Text(JsonElement at, string name)
    {
        var format = at.TryGetProperty("format", out var given) && given.ValueKind == JsonValueKind.String ? SchemaFormats.Example(SchemaWords.TextOf(given)) : null;
        var text = format ?? (onlyRequired ? "..." : TemplateFiller.Text(name, _chance).GetValue<string>());
        var (least, most) = (Math.Min(SchemaWords.Count(at, "minLength") ?? 0, LongestText), SchemaWords.Count(at, "maxLength") ?? int.MaxValue);
        text = text.PadRight(least, 'x');
        return JsonValue.Create(text.Length <= most ? text : text[..most]);
    }

    private static double? Limit(JsonElement at, string keyword) =>
        at.TryGetProperty(keyword, out var limit) && limit.ValueKind == JsonValueKind.Number && limit.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    private static string TypeOf(JsonElement at) =>
        at.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? SchemaWords.TextOf(type)
        : SchemaWords.Names(at, "type").FirstOrDefault(one => one != "null") ?? (at.TryGetProperty("items", out _) ? "array" : "");
}
