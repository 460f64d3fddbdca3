using StepTool.Core.Tools.Live;

namespace StepTool.Grains.Contracts;

/// <summary>What the cluster's silos are connected to. Key: <c>mcp:NAME</c> for a configured MCP server, <c>functions</c> for what the silos' host registered.</summary>
[Alias("StepTool.ILiveSourceGrain")]
public interface ILiveSourceGrain : IGrainWithStringKey
{
    /// <summary>Lists the source's APIs as they are now.</summary>
    [Alias("List")]
    Task<LiveListing> ListAsync(CancellationToken cancellationToken = default);
}
