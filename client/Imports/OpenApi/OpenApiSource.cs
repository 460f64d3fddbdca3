using System.Runtime.CompilerServices;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>OpenAPI documents: a file, or all in a folder and below.</summary>
/// <param name="path">The file or folder.</param>
/// <param name="server">URL that takes the place of the documents' own servers; null to keep theirs.</param>
internal sealed class OpenApiSource(string path, Uri? server) : IApiSource
{
    /// <inheritdoc/>
    public IAsyncEnumerable<SourcePart> PartsAsync(CancellationToken cancellationToken)
    {
        var isFolder = Directory.Exists(path);
        var files = isFolder
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(OpenApiFile.IsNamedLikeOne).Order(StringComparer.Ordinal).ToList()
            : [path];
        return files.Count > 0
            ? files.Select(file => SourcePart.OfFile(file, isFolder ? Path.GetRelativePath(path, file) : Path.GetFileName(file), (reading, token) => ReadAsync(file, reading, token)))
                .ToAsyncEnumerable()
            : throw new CatalogueException($"The folder '{path}' holds no *.json, *.yaml or *.yml. Give a folder of OpenAPI documents.");
    }

    private async IAsyncEnumerable<ApiFragment> ReadAsync(string file, PartReading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var document = await OpenApiFile.ReadAsync(file, cancellationToken);
        foreach (var api in new DocumentReader(document, reading, server, Path.GetFileNameWithoutExtension(file)).Read())
        {
            yield return ApiFragment.Of(api);
        }
    }
}
