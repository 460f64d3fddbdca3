using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StepTool.Core.Text;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>What a schema is for: members that only responses have are no part of a request.</summary>
internal enum SchemaUse
{
    /// <summary>What is sent.</summary>
    Request,

    /// <summary>What comes back.</summary>
    Response,
}

/// <summary>
/// Turns a document's schemas into JSON Schemas that stand alone: in the form of 2020-12, with all they refer to under <c>$defs</c>, nearest first, up to a length.
/// What lies beyond it is left open.
/// </summary>
internal sealed class SchemaBundle(OpenApiDocument document)
{
    private const string Components = "#/components/schemas/";
    private const string Definitions = "#/$defs/";
    private const int LongestDefinitions = 32_768;
    private const int LongestDescription = 256;
    private static readonly HashSet<string> Dropped = ["xml", "externalDocs", "discriminator", "deprecated", "$schema", "$id", "title"];
    private static readonly HashSet<string> OfNames = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
    private static readonly HashSet<string> OfLists = ["allOf", "anyOf", "oneOf", "prefixItems"];
    private static readonly HashSet<string> OfOne = ["items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else", "additionalItems"];
    private readonly Dictionary<(string Name, SchemaUse Use), (string Text, HashSet<string> Refers)> _components = [];

    /// <summary>A schema as text, with what it refers to, and whether some of that was left open.</summary>
    public (string Text, bool IsShortened) Whole(IOpenApiSchema schema, SchemaUse use)
    {
        var refers = new HashSet<string>(StringComparer.Ordinal);
        var node = Node(schema, use, refers);
        return Whole(node as JsonObject ?? [], refers, use);
    }

    /// <summary>A schema made of parts of this bundle, likewise.</summary>
    public (string Text, bool IsShortened) Whole(JsonObject schema, HashSet<string> refers, SchemaUse use)
    {
        var text = schema.ToJsonString();
        if (refers.Count == 0)
        {
            return (text, false);
        }

        var (waiting, seen, definitions, isShortened) = (new Queue<string>(refers.Order(StringComparer.Ordinal)), new HashSet<string>(refers, StringComparer.Ordinal), new StringBuilder(), false);
        while (waiting.TryDequeue(out var name))
        {
            var (body, more) = Component(name, use);
            if (definitions.Length + body.Length > LongestDefinitions)
            {
                (body, more, isShortened) = ("true", [], true);
            }

            definitions.Append(definitions.Length > 0 ? "," : "").Append(JsonValue.Create(name).ToJsonString()).Append(':').Append(body);
            foreach (var other in more.Where(seen.Add))
            {
                waiting.Enqueue(other);
            }
        }

        return ($"{text[..^1]}{(schema.Count > 0 ? "," : "")}\"$defs\":{{{definitions}}}}}", isShortened);
    }

    /// <summary>A schema as JSON, its references under <c>$defs</c> and noted.</summary>
    public static JsonNode? Node(IOpenApiSchema schema, SchemaUse use, HashSet<string> refers)
    {
        using var text = new StringWriter();
        schema.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return Trim(JsonNode.Parse(Escaped(text.ToString())), use, refers);
    }

    // The writer leaves some control characters in texts as they are, which JSON does not allow.
    private static string Escaped(string json) => !json.Any(char.IsControl)
        ? json
        : string.Concat(json.Select(character => character < ' ' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString()));

    private (string Text, HashSet<string> Refers) Component(string name, SchemaUse use)
    {
        if (!_components.TryGetValue((name, use), out var known))
        {
            var refers = new HashSet<string>(StringComparer.Ordinal);
            var text = document.Components?.Schemas?.TryGetValue(name, out var schema) == true ? Node(schema, use, refers)?.ToJsonString() ?? "true" : "true";
            _components[(name, use)] = known = (text, refers);
        }

        return known;
    }

    // Keywords that hold schemas are followed, so that data such as an example is left as it is.
    private static JsonNode? Trim(JsonNode? node, SchemaUse use, HashSet<string> refers)
    {
        if (node is not JsonObject schema)
        {
            return node?.DeepClone();
        }

        var trimmed = new JsonObject();
        foreach (var (keyword, value) in schema)
        {
            if (Dropped.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal))
            {
                continue;
            }

            trimmed[keyword] = keyword switch
            {
                "$ref" => Refer(value, refers),
                "description" when value is JsonValue => TextCut.To(value.ToString(), LongestDescription),
                _ when OfNames.Contains(keyword) && value is JsonObject members => new JsonObject(members
                    .Where(member => !IsLeftOut(member.Value, use))
                    .Select(member => KeyValuePair.Create(member.Key, Trim(member.Value, use, refers)))),
                _ when OfLists.Contains(keyword) && value is JsonArray list => new JsonArray([.. list.Select(one => Trim(one, use, refers))]),
                _ when OfOne.Contains(keyword) => Trim(value, use, refers),
                _ => value?.DeepClone(),
            };
        }

        if (trimmed["$ref"] is JsonObject)
        {
            trimmed.Remove("$ref");
        }

        if (use == SchemaUse.Request && schema["properties"] is JsonObject all && trimmed["required"] is JsonArray required)
        {
            trimmed["required"] = new JsonArray([.. required.Where(name => name is null || !IsLeftOut(all[name.ToString()], use)).Select(name => name?.DeepClone())]);
        }

        return trimmed;
    }

    private static JsonNode Refer(JsonNode? reference, HashSet<string> refers)
    {
        var text = reference is JsonValue ? reference.ToString() : "";
        if (!text.StartsWith(Components, StringComparison.Ordinal) || text.IndexOf('/', Components.Length) >= 0)
        {
            return new JsonObject(); // outside the components: left open
        }

        refers.Add(Uri.UnescapeDataString(text[Components.Length..]).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return JsonValue.Create(Definitions + text[Components.Length..]);
    }

    private static bool IsLeftOut(JsonNode? schema, SchemaUse use) =>
        use == SchemaUse.Request && schema is JsonObject members && members["readOnly"] is JsonValue flag && flag.TryGetValue<bool>(out var isReadOnly) && isReadOnly;
}
