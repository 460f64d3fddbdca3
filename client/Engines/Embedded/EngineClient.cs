using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Client.Connections;
using StepTool.Embedded.Gateway;
using StepTool.Grains.Hosting;
using StepTool.Silo.Cluster;

namespace StepTool.Client.Engines;

/// <summary>Connects to the grains of another process by the embedded engine's gateway.</summary>
internal static class EngineClient
{
    /// <summary>Adds <c>IClusterClient</c>.</summary>
    public static void Add(IServiceCollection services, ClusterDescription cluster, ClusterHttp http, LostCalls lost) =>
        services.AddEmbeddedClient(http.Given, Wire.Messages, http.ApiKey.Length > 0 ? http.ApiKey : null, whenLost: lost.AgainAsync);

    /// <summary>Starts the client, which connects with its first call.</summary>
    public static Task StartAsync(IHost host, ClusterDescription cluster, ClusterHttp http, CancellationToken cancellationToken) => host.StartAsync(cancellationToken);
}
