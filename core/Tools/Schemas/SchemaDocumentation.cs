using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Text;

namespace StepTool.Core.Tools.Schemas;

/// <summary>What an agent reads of parameters, taken from the schema of the arguments.</summary>
public static class SchemaDocumentation
{
    private const int LongestText = 1024;
    private const int MostChoices = 64;

    /// <summary>The parameters of a schema, required ones first; none where it names no properties.</summary>
    public static ImmutableArray<ParameterDocumentation> Of(JsonSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var root = schema.Follow(schema.Root) ?? schema.Root;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var required = SchemaWords.Names(root, "required").ToHashSet(StringComparer.Ordinal);
        return
        [
            .. properties.EnumerateObject()
                .Select(member => Of(SchemaWords.NameOf(member), member.Value, schema.Follow(member.Value) ?? member.Value, required))
                .OrderByDescending(parameter => parameter.Required),
        ];
    }

    private static ParameterDocumentation Of(string name, JsonElement own, JsonElement schema, HashSet<string> required)
    {
        var preset = Member(schema, "default") ?? First(Member(schema, "examples")) ?? Member(schema, "example");
        var choices = Member(schema, "enum") is { ValueKind: JsonValueKind.Array } all ? all.EnumerateArray().Where(one => one.ValueKind != JsonValueKind.Null).Take(MostChoices).Select(Text) : [];
        var description = Member(own, "description") ?? Member(schema, "description");
        return new ParameterDocumentation(
            name,
            TypeOf(schema),
            required.Contains(name),
            description is { ValueKind: JsonValueKind.String } words ? TextCut.To(SchemaWords.TextOf(words), LongestText) : "",
            preset is { } value && Text(value) is { Length: <= LongestText } shown ? shown : null,
            [.. choices]);
    }

    private static ParameterType TypeOf(JsonElement schema)
    {
        var type = Member(schema, "type");
        var alternative = (Member(schema, "anyOf") ?? Member(schema, "oneOf")) is { ValueKind: JsonValueKind.Array } any ? any.EnumerateArray().FirstOrDefault(one => TypeName(Member(one, "type")) is not null and not "null") : default;
        return TypeName(type ?? Member(alternative, "type")) switch
        {
            "integer" or "number" => ParameterType.Number,
            "boolean" => ParameterType.Boolean,
            "object" => ParameterType.Object,
            "array" => ParameterType.Array,
            null when Member(schema, "properties") is not null => ParameterType.Object,
            null when Member(schema, "items") is not null => ParameterType.Array,
            _ => ParameterType.Text,
        };
    }

    private static string? TypeName(JsonElement? type) => type switch
    {
        { ValueKind: JsonValueKind.String } one => one.GetString(),
        { ValueKind: JsonValueKind.Array } some => some.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()).FirstOrDefault(one => one != "null"),
        _ => null,
    };

    private static JsonElement? Member(JsonElement schema, string name) => schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var member) ? member : null;

    private static JsonElement? First(JsonElement? array) => array is { ValueKind: JsonValueKind.Array } items && items.GetArrayLength() > 0 ? items[0] : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? SchemaWords.TextOf(value) : value.GetRawText();
}
