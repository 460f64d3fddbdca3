using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Client.CommandLine;
using StepTool.Client.Engines;
using StepTool.Grains.Worlds;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;

namespace StepTool.Client.Connections;

/// <summary>Connects to a silo by what its <c>/api/cluster</c> says.</summary>
internal static class RemoteSilo
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Connects.</summary>
    /// <exception cref="Refusal">Nothing answers there, the key is wrong, engine or contracts differ, or the engine's gateways cannot be reached.</exception>
    public static async Task<Connection> ConnectAsync(Uri silo, string apiKey, Terminal terminal, CancellationToken cancellationToken)
    {
        var http = new ClusterHttp(silo, apiKey, terminal);
        IHost? host = null;
        try
        {
            var cluster = await DescribeAsync(http, silo, cancellationToken);
            if (cluster.Mismatch(Engine.Name, GrainContracts.Hash, silo.ToString()) is { } mismatch)
            {
                throw Refusal.Failed(mismatch);
            }

            http.Learn(cluster);
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            EngineClient.Add(builder.Services, cluster, http, new LostCalls(silo, terminal, TimeProvider.System));
            host = builder.Build();
            await EngineClient.StartAsync(host, cluster, http, cancellationToken);
        }
        catch
        {
            host?.Dispose();
            http.Dispose();
            throw;
        }

        var blobs = new HttpBlobStore(http);
        return new Connection(host.Services.GetRequiredService<IClusterClient>(), blobs, new WorldCatalogue(blobs), silo, terminal, async () =>
        {
            await host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)host).DisposeAsync();
            http.Dispose();
        });
    }

    private static async Task<ClusterDescription> DescribeAsync(ClusterHttp http, Uri silo, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await http.AskAsync("/api/cluster", patience.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await response.Content.ReadFromJsonAsync(ClusterJson.Default.ClusterDescription, patience.Token)
                    ?? throw Refusal.Failed($"{silo} answers, but not as a silo does. Check the URL of --silo."),
                HttpStatusCode.Unauthorized => throw Refusal.Failed($"The silo at {silo} needs its key, and this is not it. Set {ConnectionOptions.ApiKeyVariable} in the environment or give --api-key."),
                var status => throw Refusal.Failed($"{silo} answers {(int)status}, which no silo does. Check the URL of --silo."),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refusal.Failed($"The silo at {silo} has not answered within {Patience.TotalSeconds:0} seconds. See its log, or try again.");
        }
        catch (HttpRequestException exception)
        {
            throw Refusal.Failed(exception.HttpRequestError is HttpRequestError.SecureConnectionError
                ? $"--silo is {silo}, where TLS cannot be agreed: {exception.GetBaseException().Message.TrimEnd('.')}. A silo itself speaks http; give --silo http://{silo.Authority}, or the URL of a proxy before it."
                : $"No silo answers at {silo}: {exception.Message.TrimEnd('.')}. Start one with 'dotnet run -c Release --project silo', or leave out --silo to work in this process.", exception);
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw Refusal.Failed($"{silo} answers, but not as a silo does. Check the URL of --silo.", exception);
        }
    }
}
