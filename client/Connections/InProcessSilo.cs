using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Client.CommandLine;
using StepTool.Core.Storage;
using StepTool.Grains.Worlds;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;

namespace StepTool.Client.Connections;

/// <summary>Hosts a silo in the command's own process, by the same registration as the silo's program. It opens no port.</summary>
internal static class InProcessSilo
{
    /// <summary>Starts the silo over a data directory; it goes on with what is stored there.</summary>
    /// <exception cref="Refusal">The directory is in use or cannot be read.</exception>
    public static Task<Connection> StartAsync(string dataDirectory, Terminal terminal, CancellationToken cancellationToken) =>
        StartAsync(new SiloOptions { DataDirectory = dataDirectory }, terminal, cancellationToken);

    /// <summary>Starts a silo that answers and does nothing else, over a data directory or, where that is not there yet, over nothing.</summary>
    /// <exception cref="Refusal">The directory is in use or cannot be read.</exception>
    public static Task<Connection> StartIdleAsync(string dataDirectory, Terminal terminal, CancellationToken cancellationToken) => StartAsync(
        new SiloOptions { DataDirectory = dataDirectory, IsAtWork = false, Storage = DataDirectory.Exists(dataDirectory) ? StorageKind.Sqlite : StorageKind.Memory },
        terminal,
        cancellationToken);

    /// <summary>Starts a silo that answers and does nothing else, over a data directory that is made where it is not there.</summary>
    /// <exception cref="Refusal">The directory is in use or cannot be made or read.</exception>
    public static Task<Connection> MakeIdleAsync(string dataDirectory, Terminal terminal, CancellationToken cancellationToken) =>
        StartAsync(new SiloOptions { DataDirectory = dataDirectory, IsAtWork = false }, terminal, cancellationToken);

    private static async Task<Connection> StartAsync(SiloOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // what stops a start is explained once, below
            .AddFilter("Orleans", LogLevel.Critical) // an engine's advice on garbage collection and clocks is for silos that stay, and what fails is told to who called
            .AddFilter("Polly", LogLevel.Error) // an engine under load tells of every attempt that took long
            .AddFilter("ModelContextProtocol", LogLevel.Error) // a server of an older protocol is asked twice
            .AddProvider(new WarningLines(terminal));
        builder.Configuration.AddEnvironmentVariables(); // what the silo's program takes from there too
        builder.Services.AddStepToolSilo(silo => (silo.DataDirectory, silo.Storage, silo.IsAtWork) = (options.DataDirectory, options.Storage, options.IsAtWork));
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        IHost? host = null;
        try
        {
            host = builder.Build();
            await host.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (StartFailure.Explain(exception, options) is { } explanation)
        {
            host?.Dispose();
            throw Refusal.Failed(explanation, exception);
        }

        return new Connection(
            host.Services.GetRequiredService<IClusterClient>(),
            host.Services.GetRequiredService<IBlobStore>(),
            host.Services.GetRequiredService<IWorldCatalogue>(),
            silo: null,
            terminal,
            () => StopAsync(host));
    }

    private static async ValueTask StopAsync(IHost host)
    {
        await host.StopAsync(CancellationToken.None); // bounded by the host's shutdown time-out
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
