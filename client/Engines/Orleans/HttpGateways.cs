using System.Net;
using Orleans.Messaging;
using Orleans.Runtime;
using StepTool.Client.Connections;
using StepTool.Core.Storage;
using StepTool.Silo.Cluster;

namespace StepTool.Client.Engines;

/// <summary>The gateways of all silos, as whichever of them answers says, again and again: so a console outlives every silo it began with.</summary>
internal sealed class HttpGateways(ClusterHttp http, ClusterDescription cluster) : IGatewayListProvider
{
    /// <summary>How often the list is asked for.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private ClusterDescription _last = cluster;

    public TimeSpan MaxStaleness => Refresh;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        try
        {
            _last = await http.DescribeAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is StorageException or HttpRequestException)
        {
            // the gateways known so far may still answer
        }

        return [.. _last.Silos.Select(silo => IPEndPoint.Parse(silo.Gateway).ToGatewayUri())];
    }
}
