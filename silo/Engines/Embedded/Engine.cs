using Microsoft.Extensions.Options;
using StepTool.Embedded.Gateway;
using StepTool.Embedded.Hosting;
using StepTool.Grains.Contracts;
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

    /// <summary>Whether other processes may share what a silo keeps: one process is all there is.</summary>
    internal const bool MayHavePeers = false;

    /// <summary>What these options ask for that this engine does not have, each with its remedy.</summary>
    internal static IEnumerable<string> Refusals(SiloOptions options) => typeof(ClusteringOptions).GetProperties()
        .Where(property => !Equals(property.GetValue(options.Clustering), property.GetValue(new ClusteringOptions())))
        .Select(property => $"{ClusteringOptions.Section}:{property.Name} is set; the embedded engine is one process and has no cluster. Leave it out, or build with -p:Engine=Orleans.");

    /// <summary>Explains what stops this engine from starting: nothing that others do not.</summary>
    internal static string? Explain(Exception exception, SiloOptions options) => null;

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

    /// <summary>Adds what the engine answers over HTTP: nothing that needs adding.</summary>
    internal static void AddEngineHttp(this IServiceCollection services)
    {
    }

    /// <summary>Answers clients in other processes.</summary>
    internal static void MapEngine(this WebApplication app) => app.MapEmbeddedGateway(
        GatewayPath, retryAfter: exception => exception is QueueFullException ? QueueFullException.RetryAfter : null);

    /// <summary>The one silo.</summary>
    internal static IReadOnlyList<SiloDescription> Silos(WebApplication app) =>
    [
        new(app.Services.GetRequiredService<SiloName>().Name, app.Urls.First(), GatewayPath, app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.Labels),
    ];
}
