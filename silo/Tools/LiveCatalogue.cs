using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools.Functions;
using StepTool.Silo.Tools.Mcp;

namespace StepTool.Silo.Tools;

/// <summary>Lists the tools of MCP servers and the host's functions.</summary>
internal sealed class LiveCatalogue(McpCaller mcp, FunctionCaller functions, Secrets secrets) : ILiveCatalogue
{
    private const string Functions = "functions";
    private const string Mcp = "mcp:";

    /// <inheritdoc/>
    public async ValueTask<LiveListing> ListAsync(string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var listing = source == Functions ? functions.List()
            : source.StartsWith(Mcp, StringComparison.Ordinal) ? await mcp.ListAsync(source[Mcp.Length..], cancellationToken)
            : new LiveListing([], $"'{source}' is no source that a silo is connected to; it must be mcp:NAME or functions.");
        return listing with { Refusal = listing.Refusal is { } refusal ? secrets.Scrub(AnswerText.Clean(refusal)) : null };
    }
}
