using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;

namespace StepTool.Client.Engines;

/// <summary>Connects to the grains of an Orleans cluster by the gateways that its silo names.</summary>
internal static class EngineClient
{
    /// <summary>Adds <c>IClusterClient</c>.</summary>
    public static void Add(IServiceCollection services, ClusterDescription cluster, Uri silo, string apiKey)
    {
        services.AddOrleansClient(client => client
            .UseStaticClustering([.. cluster.Silos.Select(silo => IPEndPoint.Parse(silo.Gateway))])
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId)));
        services.AddOrleansWire();
    }
}
