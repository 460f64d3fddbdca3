using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues.Imports;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>Reads a document's operations, each of which is an API.</summary>
internal sealed class DocumentReader
{
    private const string Category = "openapi";
    private const string CategoriesExtension = "x-apisguru-categories";
    private readonly OpenApiDocument _document;
    private readonly PartReading _reading;
    private readonly OperationReader _operations;
    private readonly string _category;
    private readonly string _tool;
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    public DocumentReader(OpenApiDocument document, PartReading reading, Uri? server, string fallbackName)
    {
        (_document, _reading) = (document, reading);
        var title = document.Info?.Title is { Length: > 0 } given ? given : fallbackName;
        _category = StandardName.Of(CategoryOf(document.Info));
        _tool = reading.NameTool(_category, title);
        _operations = new OperationReader(document, server, _tool, title);
    }

    /// <summary>The document's APIs. An operation at fault is left out alone.</summary>
    public IEnumerable<ApiDefinition> Read()
    {
        foreach (var (path, item) in _document.Paths)
        {
            foreach (var (method, operation) in Operations(path, item))
            {
                if (Read(path, item, method.Method.ToUpperInvariant(), operation) is { } api)
                {
                    yield return api;
                }
            }
        }
    }

    private Dictionary<HttpMethod, OpenApiOperation> Operations(string path, IOpenApiPathItem item)
    {
        try
        {
            return item.Operations ?? [];
        }
        catch (InvalidOperationException exception)
        {
            _reading.Skip(path, $"unusable path: {exception.Message}"); // a reference to itself or to nothing
            return [];
        }
    }

    private ApiDefinition? Read(string path, IOpenApiPathItem item, string method, OpenApiOperation operation)
    {
        var name = operation.OperationId is { Length: > 0 } id ? id : $"{method} {path}";
        try
        {
            var (api, note) = _operations.Read(new ApiKey(_category, _tool, Unique(StandardName.Of(name))), name, path, item, method, operation);
            if (note is not null)
            {
                _reading.Skip($"{method} {path}", note);
            }

            return api;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException or NullReferenceException or KeyNotFoundException or JsonException)
        {
            _reading.Skip($"{method} {path}", $"unusable operation: {exception.Message}"); // references to nothing, parameters without a name, and what else documents hold
            return null;
        }
    }

    private string Unique(string standard)
    {
        var (name, number) = (standard, 1);
        while (!_named.Add(name))
        {
            number++;
            name = string.Create(CultureInfo.InvariantCulture, $"{standard}_{number}");
        }

        return name;
    }

    private static string CategoryOf(OpenApiInfo? information) =>
        information?.Extensions?.TryGetValue(CategoriesExtension, out var extension) == true && extension is JsonNodeExtension { Node: JsonArray { Count: > 0 } names } && names[0] is JsonValue first
            ? first.ToString()
            : Category;
}
