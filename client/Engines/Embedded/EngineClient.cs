using Microsoft.Extensions.DependencyInjection;
using StepTool.Embedded.Gateway;
using StepTool.Grains.Hosting;
using StepTool.Silo.Cluster;

namespace StepTool.Client.Engines;

/// <summary>Connects to the grains of another process by the embedded engine's gateway.</summary>
internal static class EngineClient
{
    /// <summary>Adds <c>IClusterClient</c>.</summary>
    public static void Add(IServiceCollection services, ClusterDescription cluster, Uri silo, string apiKey) =>
        services.AddEmbeddedClient(silo, Wire.Messages, apiKey.Length > 0 ? apiKey : null);
}
