using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using ParameterStyle = StepTool.Core.Tools.Live.ParameterStyle;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>
/// The arguments of one operation: its parameters and its body side by side, each under a name of its own. The members of a plain object in the body are
/// arguments themselves; any other body is one argument.
/// </summary>
internal sealed class ArgumentList(SchemaBundle schemas)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data";
    private const string Body = "body";
    private const int LongestDescription = 256;
    private const int MostChoices = 64;
    private static readonly HashSet<string> SetByTheCaller = new(["Accept", "Content-Type", "Authorization"], StringComparer.OrdinalIgnoreCase);
    private readonly List<Argument> _arguments = [];
    private readonly HashSet<string> _refers = new(StringComparer.Ordinal);
    private readonly JsonObject _dependents = [];

    /// <summary>Media type of the body; null without one.</summary>
    public string? BodyMediaType { get; private set; }

    /// <summary>Whether a media type is JSON.</summary>
    public static bool IsJson(string mediaType)
    {
        var type = mediaType.Split(';')[0].Trim();
        return type.Equals(Json, StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || type is "*/*";
    }

    /// <summary>Adds a parameter.</summary>
    /// <exception cref="ArgumentException">It has no name or no place.</exception>
    public void Add(IOpenApiParameter parameter)
    {
        var place = parameter.In switch
        {
            ParameterLocation.Path => ParameterPlace.Path,
            ParameterLocation.Query => ParameterPlace.Query,
            ParameterLocation.Header => ParameterPlace.Header,
            ParameterLocation.Cookie => ParameterPlace.Cookie,
            _ => throw new ArgumentException($"the parameter '{parameter.Name}' is in no known place of the request"),
        };
        var name = parameter.Name is { Length: > 0 } given ? given : throw new ArgumentException("a parameter has no name, or refers to nothing");
        if (place == ParameterPlace.Header && SetByTheCaller.Contains(name))
        {
            return;
        }

        var content = parameter.Content?.FirstOrDefault().Value?.Schema;
        var style = content is not null ? ParameterStyle.Json : Style(parameter.Style, place);
        var source = parameter.Schema ?? content;
        var schema = source is null ? [] : SchemaBundle.Node(source, SchemaUse.Request, _refers) as JsonObject ?? [];
        Describe(schema, parameter.Description, parameter.Example ?? parameter.Examples?.Values.FirstOrDefault()?.Value);
        var argument = Unique(name, place);
        Add(new Argument(new HttpParameter(argument, name, place, style, parameter.Explode), schema, parameter.Required || place == ParameterPlace.Path, source));
    }

    /// <summary>Adds the body.</summary>
    public void Add(IOpenApiRequestBody body)
    {
        if (body.Content is not { Count: > 0 } content)
        {
            return;
        }

        var (type, media) = content.OrderBy(one => IsJson(one.Key) ? 0 : one.Key.StartsWith(Form, StringComparison.OrdinalIgnoreCase) ? 1 : one.Key.StartsWith(Multipart, StringComparison.OrdinalIgnoreCase) ? 2 : 3).First();
        BodyMediaType = type is "*/*" ? Json : type;
        var isStructured = IsJson(type) || type.StartsWith(Form, StringComparison.OrdinalIgnoreCase) || type.StartsWith(Multipart, StringComparison.OrdinalIgnoreCase);
        if (isStructured && media.Schema is { } schema && Members(schema) is { } members)
        {
            AddMembers(members, schema.Required ?? new HashSet<string>(), body.Required);
            return;
        }

        var whole = isStructured && media.Schema is { } any ? SchemaBundle.Node(any, SchemaUse.Request, _refers) as JsonObject ?? [] : new JsonObject { ["type"] = "string" };
        Describe(whole, body.Description, media.Example);
        Add(new Argument(new HttpParameter(Unique(Body, ParameterPlace.Body), "", ParameterPlace.Body), whole, body.Required, isStructured ? media.Schema : null));
    }

    /// <summary>Where each argument goes.</summary>
    public ImmutableArray<HttpParameter> Places() => [.. _arguments.Select(argument => argument.Place)];

    /// <summary>What an agent reads of the arguments, required ones first.</summary>
    public ImmutableArray<ParameterDocumentation> Documentation() =>
        [.. _arguments.OrderByDescending(argument => argument.IsRequired).Select(argument => argument.Document())];

    /// <summary>The schema of all arguments, and whether some of it was left open.</summary>
    public (string Text, bool IsShortened) Schema()
    {
        var root = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(_arguments.Select(argument => KeyValuePair.Create(argument.Place.Argument, (JsonNode?)argument.Schema))) };
        if (_arguments.Any(argument => argument.IsRequired))
        {
            root["required"] = new JsonArray([.. _arguments.Where(argument => argument.IsRequired).Select(argument => JsonValue.Create(argument.Place.Argument))]);
        }

        if (_dependents.Count > 0)
        {
            root["dependentRequired"] = _dependents;
        }

        root["additionalProperties"] = false;
        return schemas.Whole(root, _refers, SchemaUse.Request);
    }

    // The members of an object that is nothing more than its members, under names that no parameter has.
    private List<KeyValuePair<string, IOpenApiSchema>>? Members(IOpenApiSchema schema)
    {
        var isPlain = schema.AdditionalProperties is null && schema.Not is null
            && schema.AllOf is not { Count: > 0 } && schema.AnyOf is not { Count: > 0 } && schema.OneOf is not { Count: > 0 };
        var members = isPlain ? (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Where(member => !member.Value.ReadOnly).ToList() : [];
        return members.Count > 0 && !members.Exists(member => _arguments.Exists(argument => argument.Place.Argument == member.Key)) ? members : null;
    }

    private void AddMembers(List<KeyValuePair<string, IOpenApiSchema>> members, ISet<string> needed, bool isRequired)
    {
        var required = members.Select(member => member.Key).Where(needed.Contains).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, member) in members)
        {
            var node = SchemaBundle.Node(member, SchemaUse.Request, _refers) as JsonObject ?? [];
            Add(new Argument(new HttpParameter(name, name, ParameterPlace.BodyMember), node, isRequired && required.Contains(name), member));
            if (!isRequired && required.Any(other => other != name))
            {
                _dependents[name] = new JsonArray([.. required.Where(other => other != name).Select(other => JsonValue.Create(other))]); // without a body none of them is needed
            }
        }
    }

    private void Add(Argument argument) => _arguments.Add(argument);

    private string Unique(string name, ParameterPlace place)
    {
        var unique = name;
        for (var tries = 0; _arguments.Any(argument => argument.Place.Argument == unique); tries++)
        {
            unique = $"{name}_{place.ToString().ToLowerInvariant()}{(tries == 0 ? "" : tries)}";
        }

        return unique;
    }

    private static void Describe(JsonObject schema, string? description, JsonNode? example)
    {
        if (description is { Length: > 0 } && !schema.ContainsKey("$ref"))
        {
            schema["description"] = TextCut.To(description, LongestDescription);
        }

        if (example is not null && !schema.ContainsKey("example"))
        {
            schema["example"] = example.DeepClone();
        }
    }

    private static ParameterStyle Style(Microsoft.OpenApi.ParameterStyle? style, ParameterPlace place) => style switch
    {
        Microsoft.OpenApi.ParameterStyle.Matrix => ParameterStyle.Matrix,
        Microsoft.OpenApi.ParameterStyle.Label => ParameterStyle.Label,
        Microsoft.OpenApi.ParameterStyle.Simple => ParameterStyle.Simple,
        Microsoft.OpenApi.ParameterStyle.SpaceDelimited => ParameterStyle.SpaceDelimited,
        Microsoft.OpenApi.ParameterStyle.PipeDelimited => ParameterStyle.PipeDelimited,
        Microsoft.OpenApi.ParameterStyle.DeepObject => ParameterStyle.DeepObject,
        Microsoft.OpenApi.ParameterStyle.Form => ParameterStyle.Form,
        _ => place is ParameterPlace.Query or ParameterPlace.Cookie ? ParameterStyle.Form : ParameterStyle.Simple,
    };

    private sealed record Argument(HttpParameter Place, JsonObject Schema, bool IsRequired, IOpenApiSchema? Source)
    {
        public ParameterDocumentation Document()
        {
            var preset = Source?.Default ?? Schema["example"] ?? (Schema["examples"] as JsonArray)?.FirstOrDefault();
            var description = Schema["description"]?.ToString() ?? Source?.Description ?? "";
            return new ParameterDocumentation(
                Place.Argument,
                TypeOf(Source?.Type ?? Source?.AllOf?.FirstOrDefault()?.Type, Source),
                IsRequired,
                TextCut.To(description, LongestDescription),
                preset is null ? null : TextOf(preset) is { Length: <= LongestDescription } shown ? shown : null,
                [.. (Source?.Enum ?? []).Where(choice => choice is not null).Take(MostChoices).Select(TextOf)]);
        }

        private static ParameterType TypeOf(JsonSchemaType? type, IOpenApiSchema? source) => (type & ~JsonSchemaType.Null) switch
        {
            JsonSchemaType.Integer or JsonSchemaType.Number or (JsonSchemaType.Integer | JsonSchemaType.Number) => ParameterType.Number,
            JsonSchemaType.Boolean => ParameterType.Boolean,
            JsonSchemaType.Array => ParameterType.Array,
            JsonSchemaType.Object => ParameterType.Object,
            null when source?.Properties is { Count: > 0 } => ParameterType.Object,
            null when source?.Items is not null => ParameterType.Array,
            _ => ParameterType.Text,
        };

        private static string TextOf(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.ToString() : value.ToJsonString();
    }
}
