using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;
using StepTool.Silo.Cluster;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;
using StorageKind = StepTool.Silo.Hosting.StorageKind;

namespace StepTool.Silo.Engines;

/// <summary>Orleans: silos that join and leave. Clustering beyond one machine is added by the deployment.</summary>
public static class Engine
{
    /// <summary>The engine's name, as <c>/api/cluster</c> says it.</summary>
    public const string Name = "orleans";

    /// <summary>Hosts the grains.</summary>
    internal static IServiceCollection AddEngine(this IServiceCollection services, SiloOptions options)
    {
        services.AddOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterDescription.Service));
            if (options.Storage is StorageKind.Memory)
            {
                silo.AddMemoryGrainStorage(StateStore.Name);
            }
        });
        return services.AddOrleansWire();
    }

    /// <summary>Clients reach the silos by Orleans' own gateways.</summary>
    internal static void MapGateway(this WebApplication app)
    {
    }

    /// <summary>Where clients connect.</summary>
    internal static IReadOnlyList<string> Gateways(IServiceProvider services) =>
        services.GetRequiredService<ILocalSiloDetails>().GatewayAddress?.Endpoint is IPEndPoint endpoint ? [endpoint.ToString()] : [];

    // Two silos on one machine, such as a console's own beside a running one, must not meet on Orleans' fixed ports.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
