using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;

namespace StepTool.Bench;

/// <summary>A real silo in this process over a directory of its own, with the world of the benchmark.</summary>
internal sealed class BenchSilo(IHost host, string directory) : IAsyncDisposable
{
    /// <summary>Calls grains.</summary>
    internal IClusterClient Client => Services.GetRequiredService<IClusterClient>();

    /// <summary>What the silo is made of.</summary>
    internal IServiceProvider Services => host.Services;

    /// <summary>Starts the silo.</summary>
    internal static Task<BenchSilo> StartAsync(BenchWorld world, StorageKind storage, int maxEpisodes, Action<SiloOptions>? configure = null) =>
        StartAsync(world, world, storage, maxEpisodes, configure: configure);

    /// <summary>Starts the silo; what a benchmark registers goes before what a silo has.</summary>
    internal static async Task<BenchSilo> StartAsync(IWorldCatalogue worlds, IPolicySource policies, StorageKind storage, int maxEpisodes, Action<IServiceCollection>? register = null, Action<SiloOptions>? configure = null)
    {
        var directory = Directory.CreateTempSubdirectory("steptool-bench-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(worlds);
        builder.Services.AddSingleton(policies);
        if (storage is StorageKind.Memory)
        {
            builder.Services.AddMemoryBlobs();
        }

        builder.Services.AddStepToolSilo(options =>
        {
            (options.DataDirectory, options.Storage) = (directory, storage);
            configure?.Invoke(options);
        });
        builder.Services.Configure<GrainsOptions>(options => options.MaxEpisodes = maxEpisodes);
        register?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new BenchSilo(host, directory);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
