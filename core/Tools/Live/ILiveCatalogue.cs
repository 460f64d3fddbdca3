using System.Collections.Immutable;

namespace StepTool.Core.Tools.Live;

/// <summary>Lists the APIs of what a silo is connected to, for an import. Safe for concurrent use.</summary>
public interface ILiveCatalogue
{
    /// <summary>Lists a source as it is now.</summary>
    /// <param name="source"><c>mcp:NAME</c> for a configured MCP server, <c>functions</c> for what the host registered.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<LiveListing> ListAsync(string source, CancellationToken cancellationToken);
}

/// <summary>What a source offers.</summary>
/// <param name="Apis">Its APIs, ordered by key.</param>
/// <param name="Refusal">Why there are none, for the operator; null where they were listed.</param>
public sealed record LiveListing(ImmutableArray<ApiDefinition> Apis, string? Refusal = null);
