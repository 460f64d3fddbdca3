using StepTool.Core.Chance;
using StepTool.Core.Serialization;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Imports.Live;

/// <summary>What the silo is connected to: an MCP server's tools, or its host's functions.</summary>
/// <param name="name"><c>mcp:NAME</c> or <c>functions</c>.</param>
/// <param name="source">Lists it.</param>
internal sealed class LiveSource(string name, ILiveSourceGrain source) : IApiSource
{
    /// <summary>The host's functions.</summary>
    public const string Functions = "functions";

    /// <summary>What stands before an MCP server's name.</summary>
    public const string Mcp = "mcp:";

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourcePart> PartsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listing = await source.ListAsync(cancellationToken);
        if (listing.Refusal is { } refusal)
        {
            throw new CatalogueException(refusal);
        }

        var version = StableHash.Content(string.Join('\n', listing.Apis.Select(api => System.Text.Json.JsonSerializer.Serialize(api, CoreJson.Default.Of<ApiDefinition>()))));
        yield return new SourcePart(name, version, (_, _) => listing.Apis.Select(ApiFragment.Of).ToAsyncEnumerable());
    }
}
