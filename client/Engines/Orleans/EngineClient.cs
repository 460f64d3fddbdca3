using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;
using Orleans.Runtime;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;

namespace StepTool.Client.Engines;

/// <summary>Connects to the grains of an Orleans cluster by the gateways of all its silos.</summary>
internal static partial class EngineClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A call whose silo died is given up after this and made again at another; see PatientCalls.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds <c>IClusterClient</c>.</summary>
    /// <exception cref="Refusal">The cluster asks for a certificate, and this console has none.</exception>
    public static void Add(IServiceCollection services, ClusterDescription cluster, ClusterHttp http, LostCalls lost)
    {
        services.AddOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = HttpGateways.Refresh);
            client.AddOutgoingGrainCallFilter(new PatientCalls(lost, TimeProvider.System));
            client.Services.AddSingleton<IGatewayListProvider>(new HttpGateways(http, cluster));
            if (cluster.HasTls)
            {
                var isSecure = false;
                Secure(client, http.Given, ref isSecure);
                if (!isSecure)
                {
                    throw Refusal.Failed($"The silo at {http.Given} asks for a certificate, which this build of the console left out. Build it with -p:OrleansCloud=true.");
                }
            }
        });
        services.AddOrleansWire();
    }

    /// <summary>Starts the client and waits until a gateway is connected.</summary>
    /// <exception cref="Refusal">None can be.</exception>
    public static async Task StartAsync(IHost host, ClusterDescription cluster, ClusterHttp http, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await host.StartAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw Refusal.Failed(
                $"The silo at {http.Given} answers, but no gateway of its cluster can be used from here: {string.Join(", ", cluster.Silos.Select(silo => silo.Gateway))}. "
                + $"Run the console where these addresses can be reached{(cluster.HasTls ? ", with a certificate of the cluster's authority" : "")}.",
                exception);
        }
    }

    // Compiled with the packages for TLS.
    static partial void Secure(IClientBuilder client, Uri silo, ref bool isSecure);
}
