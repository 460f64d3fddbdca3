using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>Reads one operation: its documentation, how it is called, and the schemas of what it takes and answers.</summary>
internal sealed class OperationReader(OpenApiDocument document, Uri? server, string tool, string title)
{
    private const string SafeExtension = "x-safe";
    private const int LongestDescription = 1024;
    private const int LongestToolDescription = 512;
    private const int LongestExample = 4096;
    private readonly SchemaBundle _schemas = new(document);
    private readonly string _toolDescription = TextCut.To(document.Info?.Description ?? document.Info?.Summary ?? "", LongestToolDescription);

    /// <summary>Reads the operation, and says what of it had to be left out.</summary>
    public (ApiDefinition Api, string? Note) Read(ApiKey key, string name, string path, IOpenApiPathItem item, string method, OpenApiOperation operation)
    {
        var arguments = new ArgumentList(_schemas);
        foreach (var parameter in Parameters(item, operation))
        {
            arguments.Add(parameter);
        }

        if (operation.RequestBody is { } body)
        {
            arguments.Add(body);
        }

        var (input, isShortened) = arguments.Schema();
        var documentation = new ApiDocumentation
        {
            Key = key,
            ToolName = title,
            ApiName = name,
            ToolDescription = _toolDescription,
            Description = Description(operation),
            Method = method,
            IsSafe = Safety(operation),
            Parameters = arguments.Documentation(),
        };
        var url = Server(item, operation);
        var api = new ApiDefinition(documentation, null, [])
        {
            InputSchema = input,
            ResponseSchema = Response(operation),
            Binding = url is null ? null : new HttpBinding(method, url, path)
            {
                Parameters = arguments.Places(),
                BodyMediaType = arguments.BodyMediaType,
                Security = SecurityReader.Read(operation.Security ?? document.Security, tool),
            },
        };
        return (api, url is null ? "no server: it is documented and simulated but cannot be called; give --server URL"
            : isShortened ? "schema shortened: parts of it are not checked before a call"
            : null);
    }

    // A parameter of the operation takes the place of the path's of the same name and place.
    private static IEnumerable<IOpenApiParameter> Parameters(IOpenApiPathItem item, OpenApiOperation operation) =>
        (operation.Parameters ?? []).Concat(item.Parameters ?? []).DistinctBy(parameter => (parameter.Name, parameter.In));

    private static string Description(OpenApiOperation operation)
    {
        var (summary, description) = (operation.Summary?.Trim() ?? "", operation.Description?.Trim() ?? "");
        var both = summary.Length == 0 || description.StartsWith(summary, StringComparison.OrdinalIgnoreCase) ? description
            : description.Length == 0 ? summary
            : $"{summary.TrimEnd('.')}. {description}";
        return TextCut.To(operation.Deprecated ? $"Deprecated. {both}" : both, LongestDescription);
    }

    private static bool? Safety(OpenApiOperation operation) =>
        operation.Extensions?.TryGetValue(SafeExtension, out var extension) == true && extension is JsonNodeExtension { Node: JsonValue value } && value.TryGetValue<bool>(out var isSafe) ? isSafe : null;

    // The URL without a slash at its end; null where the document says none that is whole.
    private string? Server(IOpenApiPathItem item, OpenApiOperation operation)
    {
        var own = (operation.Servers is { Count: > 0 } ? operation.Servers : item.Servers is { Count: > 0 } ? item.Servers : document.Servers)?.FirstOrDefault();
        var text = own?.Url ?? "";
        foreach (var (name, variable) in own?.Variables ?? new Dictionary<string, OpenApiServerVariable>())
        {
            text = text.Replace($"{{{name}}}", variable.Default, StringComparison.Ordinal);
        }

        var isWhole = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && !text.Contains('{', StringComparison.Ordinal);
        return server is not null ? new Uri(server, isWhole ? "" : text).ToString().TrimEnd('/') : isWhole ? url!.ToString().TrimEnd('/') : null;
    }

    private string? Response(OpenApiOperation operation)
    {
        var answered = operation.Responses?.Where(response => response.Key.StartsWith('2') || response.Key == "default").OrderBy(response => response.Key, StringComparer.Ordinal).FirstOrDefault().Value;
        var media = answered?.Content?.FirstOrDefault(content => ArgumentList.IsJson(content.Key)).Value;
        var example = media?.Example ?? media?.Examples?.Values.FirstOrDefault()?.Value;
        if (example is not null && example.ToJsonString() is { Length: <= LongestExample } shown)
        {
            return new JsonObject { ["example"] = JsonNode.Parse(shown) }.ToJsonString();
        }

        return media?.Schema is { } schema ? _schemas.Whole(schema, SchemaUse.Response).Text : null;
    }
}
