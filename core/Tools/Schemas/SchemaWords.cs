using System.Globalization;
using System.Text.Json;
using StepTool.Core.Text;

namespace StepTool.Core.Tools.Schemas;

/// <summary>Reads a schema's keywords, and says in words what they ask for.</summary>
internal static class SchemaWords
{
    private const int LongestShown = 60;
    private const int ChoicesShown = 8;
    private const int AlternativesShown = 4;
    private const int DeepestShown = 3;

    /// <summary>A JSON value's kind.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>A value as it was given, shortened.</summary>
    public static string Shown(JsonElement value)
    {
        var raw = value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText();
        return raw.Length <= LongestShown ? raw : TextCut.To(raw, LongestShown) + "...";
    }

    /// <summary>A string's text; half of a surrogate pair, which JSON may escape, as U+FFFD.</summary>
    public static string TextOf(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText();
        }
    }

    /// <summary>A member's name, likewise.</summary>
    public static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return member.ToString().Split(':')[0].Trim('"');
        }
    }

    /// <summary>Whether a keyword is true.</summary>
    public static bool Flag(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>A keyword that is a count; null where it is absent or none.</summary>
    public static int? Count(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetDouble(out var number) && number >= 0
            ? (int)Math.Min(number, int.MaxValue)
            : null;

    /// <summary>The texts of a keyword that is an array of them.</summary>
    public static IEnumerable<string> Names(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(TextOf)
            : [];

    /// <summary>The schemas of a keyword that is an array of them.</summary>
    public static JsonElement[] Schemas(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var parts) && parts.ValueKind == JsonValueKind.Array ? [.. parts.EnumerateArray()] : [];

    /// <summary>The bounds that a count breaks, in words; null where it keeps them.</summary>
    public static string? Bounds(JsonElement schema, string least, string most, int count, string noun) =>
        count < Count(schema, least) || count > Count(schema, most) ? Range(Count(schema, least), Count(schema, most), noun) : null;

    /// <summary>What a schema asks for, in a few words.</summary>
    public static string Wanted(JsonSchema root, JsonElement schema, int depth = 0)
    {
        if (root.Follow(schema) is not { ValueKind: JsonValueKind.Object } at)
        {
            return "any value";
        }

        if (at.TryGetProperty("const", out var only))
        {
            return Shown(only);
        }

        if (at.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
        {
            var shown = string.Join(", ", choices.EnumerateArray().Take(ChoicesShown).Select(Shown));
            return choices.GetArrayLength() == 1 ? shown : $"one of {shown}{(choices.GetArrayLength() > ChoicesShown ? ", ..." : "")}";
        }

        if (depth < DeepestShown && (Schemas(at, "oneOf") is { Length: > 0 } parts || (parts = Schemas(at, "anyOf")).Length > 0))
        {
            return Alternatives(root, parts, depth + 1);
        }

        var types = at.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? [TextOf(type)] : Names(at, "type").ToArray();
        if (types.Length == 0)
        {
            types = at.TryGetProperty("properties", out _) ? ["object"] : at.TryGetProperty("items", out _) ? ["array"] : [];
        }

        var wanted = types.Select(one => OfType(root, at, one, depth)).Concat(Flag(at, "nullable") ? ["null"] : []).Distinct().ToArray();
        return wanted.Length == 0 ? "any value that fits the documentation" : string.Join(" or ", wanted);
    }

    /// <summary>What several schemas ask for, any of which will do.</summary>
    public static string Alternatives(JsonSchema root, JsonElement[] alternatives, int depth = 0)
    {
        var wanted = alternatives.Take(AlternativesShown).Select(one => Wanted(root, one, depth)).Distinct().ToArray();
        return string.Join(", or ", wanted) + (alternatives.Length > AlternativesShown ? ", or another" : "");
    }

    /// <summary>What is asked of a number.</summary>
    public static string Number(JsonElement schema)
    {
        var isWhole = (schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && TextOf(type) == "integer")
            || (schema.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String && TextOf(format) is "int32" or "int64");
        var bounds = new[]
        {
            Bound(schema, "minimum", Flag(schema, "exclusiveMinimum") ? "above" : "at least"), Bound(schema, "exclusiveMinimum", "above"),
            Bound(schema, "maximum", Flag(schema, "exclusiveMaximum") ? "below" : "at most"), Bound(schema, "exclusiveMaximum", "below"),
            Bound(schema, "multipleOf", "a multiple of"),
        }.OfType<string>().ToArray();
        return $"{(isWhole ? "an integer" : "a number")}{(bounds.Length > 0 ? $", {string.Join(" and ", bounds)}" : "")}";
    }

    private static string OfType(JsonSchema root, JsonElement schema, string type, int depth)
    {
        switch (type)
        {
            case "integer" or "number":
                return Number(schema);
            case "string":
                var format = schema.TryGetProperty("format", out var name) && name.ValueKind == JsonValueKind.String ? SchemaFormats.Wanted(TextOf(name)) : null;
                return format ?? (Range(Count(schema, "minLength"), Count(schema, "maxLength"), "character") is { } length ? $"a text of {length}" : "a text");
            case "boolean":
                return "true or false";
            case "array":
                var items = schema.TryGetProperty("items", out var item) && item.ValueKind == JsonValueKind.Object && depth < DeepestShown ? $", each {Wanted(root, item, depth + 1)}" : "";
                return $"an array{(Range(Count(schema, "minItems"), Count(schema, "maxItems"), "item") is { } count ? $" of {count}" : "")}{items}";
            case "object":
                var required = Names(schema, "required").Take(ChoicesShown).ToArray();
                return required.Length > 0 ? $"an object with {string.Join(", ", required)}" : "an object";
            default:
                return type;
        }
    }

    private static string? Bound(JsonElement schema, string keyword, string words) =>
        schema.TryGetProperty(keyword, out var bound) && bound.ValueKind == JsonValueKind.Number ? $"{words} {bound.GetRawText()}" : null;

    private static string? Range(int? least, int? most, string noun) => (least, most) switch
    {
        (null or 0, null) => null,
        (int low, int high) when low == high => Plural(low, noun),
        (int low and > 0, int high) => string.Create(CultureInfo.InvariantCulture, $"{low} to {Plural(high, noun)}"),
        (_, int high) => $"at most {Plural(high, noun)}",
        (int low, _) => $"at least {Plural(low, noun)}",
    };

    private static string Plural(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
