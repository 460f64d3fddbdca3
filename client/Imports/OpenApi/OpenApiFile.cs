using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using StepTool.Core.Worlds.Catalogues;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>Reads a file as an OpenAPI document, JSON or YAML.</summary>
internal static class OpenApiFile
{
    private const long LongestFile = 256L << 20;
    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];
    private static readonly OpenApiReaderSettings Settings = new() { RuleSet = ValidationRuleSet.GetEmptyRuleSet(), LoadExternalRefs = false };

    /// <summary>Whether a file may be one, by its name.</summary>
    public static bool IsNamedLikeOne(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the document.</summary>
    /// <exception cref="CatalogueException">The file is no OpenAPI document of a version that is read.</exception>
    public static async Task<OpenApiDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length is var length && length > LongestFile)
        {
            throw new CatalogueException($"too large: the file has {length >> 20} MB; at most {LongestFile >> 20} are read");
        }

        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        return Read(content, isYaml: !Path.GetExtension(path).Equals(Extensions[0], StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads a document's text.</summary>
    /// <exception cref="CatalogueException">The text is no OpenAPI document of a version that is read.</exception>
    public static OpenApiDocument Read(byte[] content, bool isYaml)
    {
        var root = isYaml ? YamlNodes.Read(new StreamReader(new MemoryStream(content, writable: false))) : Json(content);
        if (root is not JsonObject members || Text(members["openapi"] ?? members["swagger"]) is not { } version)
        {
            throw new CatalogueException("not OpenAPI: it has neither 'openapi' nor 'swagger' with a version at its top");
        }

        PathReferences.Inline(members);
        try
        {
            var read = new OpenApiJsonReader().Read(root, new Uri("https://document.invalid/"), Settings);
            return read.Document?.Paths is not null
                ? read.Document
                : throw new CatalogueException($"not OpenAPI: version {version}, {read.Diagnostic?.Errors.FirstOrDefault()?.Message ?? "it has no paths"}");
        }
        catch (Exception exception) when (exception is not (CatalogueException or OperationCanceledException or OutOfMemoryException))
        {
            throw new CatalogueException($"not OpenAPI: version {version}, {exception.Message}", exception); // the reader's exceptions are of any type
        }
    }

    private static JsonNode? Json(byte[] content)
    {
        try
        {
            var start = content is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
            return JsonNode.Parse(content.AsSpan(start), documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new CatalogueException($"not JSON: line {exception.LineNumber + 1}, {exception.Message.Split(" LineNumber:")[0]}", exception);
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;
}
