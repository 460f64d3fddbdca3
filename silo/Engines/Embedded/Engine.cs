using StepTool.Embedded.Gateway;
using StepTool.Embedded.Hosting;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>The embedded engine: all grains in this one process.</summary>
public static class Engine
{
    /// <summary>The engine's name, as <c>/api/cluster</c> says it.</summary>
    public const string Name = "embedded";

    private const string GatewayPath = "/gateway";

    /// <summary>Hosts the grains.</summary>
    internal static IServiceCollection AddEngine(this IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton(new EmbeddedWire(Wire.Messages));
        if (options.Storage is StorageKind.Memory)
        {
            services.AddMemoryGrainStorage(StateStore.Name);
        }

        return services.AddEmbeddedEngine(GrainContracts.Assembly);
    }

    /// <summary>Answers clients in other processes.</summary>
    internal static void MapGateway(this WebApplication app) => app.MapEmbeddedGateway(GatewayPath);

    /// <summary>Where clients connect.</summary>
    internal static IReadOnlyList<string> Gateways(IServiceProvider services) => [GatewayPath];
}
