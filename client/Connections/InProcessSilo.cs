using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Client.CommandLine;
using StepTool.Core.Storage;
using StepTool.Grains.Worlds;
using StepTool.Silo.Hosting;

namespace StepTool.Client.Connections;

/// <summary>Hosts a silo in the command's own process, by the same registration as the silo's program. It opens no port.</summary>
internal static class InProcessSilo
{
    /// <summary>Starts the silo over a data directory.</summary>
    /// <exception cref="Refusal">The directory is in use or cannot be read.</exception>
    public static async Task<Connection> StartAsync(string dataDirectory, Terminal terminal, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // what stops a start is explained once, below
            .AddFilter("Orleans", LogLevel.Error) // an engine's advice on garbage collection and clocks is for silos that stay
            .AddFilter("ModelContextProtocol", LogLevel.Error) // a server of an older protocol is asked twice
            .AddProvider(new WarningLines(terminal));
        builder.Configuration.AddEnvironmentVariables(); // what the silo's program takes from there too
        builder.Services.AddStepToolSilo(silo => silo.DataDirectory = dataDirectory);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        IHost? host = null;
        try
        {
            host = builder.Build();
            await host.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (StartFailure.Explain(exception, new SiloOptions { DataDirectory = dataDirectory }) is { } explanation)
        {
            host?.Dispose();
            throw Refusal.Failed(explanation, exception);
        }

        return new Connection(
            host.Services.GetRequiredService<IClusterClient>(),
            host.Services.GetRequiredService<IBlobStore>(),
            host.Services.GetRequiredService<IWorldCatalogue>(),
            silo: null,
            () => StopAsync(host));
    }

    private static async ValueTask StopAsync(IHost host)
    {
        await host.StopAsync(CancellationToken.None); // bounded by the host's shutdown time-out
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    // Signals belong to the command, which tells its user how to go on; the host ends when the command closes it.
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
