using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization.Configuration;
using StepTool.Bench.Fleet;

namespace StepTool.Bench.Engines.Overhead;

/// <summary>Two silos of one cluster in this process, which talk over TCP as any two silos do.</summary>
internal sealed class SiloPair : IAsyncDisposable
{
    private readonly IHost _first;
    private readonly IHost _second;

    private SiloPair(IHost first, IHost second) => (_first, _second) = (first, second);

    /// <summary>Calls grains from the first silo.</summary>
    internal IGrainFactory Grains => _first.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts the two.</summary>
    internal static async Task<SiloPair> StartAsync(string name, Action<IServiceCollection> configure)
    {
        var primary = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var (first, second) = (Build(name, primary.Port, null, configure), Build(name, FreePort.Next(), primary, configure));
        await first.StartAsync();
        await second.StartAsync();
        return new SiloPair(first, second);
    }

    /// <summary>A key whose grain, once called, is on the first silo, or on the second.</summary>
    internal async Task<string> KeyAsync(bool isLocal, Func<string, Task<string>> where)
    {
        var host = isLocal ? _first : _second;
        var silo = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
        for (var number = 0; number < 1000; number++)
        {
            var key = $"echo-{number}";
            if (await where(key) == silo)
            {
                return key;
            }
        }

        throw new InvalidOperationException($"None of 1,000 grains was placed on silo {silo}; the two silos did not find each other.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (IHost[])[_second, _first])
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    private static IHost Build(string name, int port, IPEndPoint? primary, Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, FreePort.Next(), primary, name, name);
            // Each pair loads this program's interfaces; only one of them has codecs for the house's records.
            silo.Services.Configure<TypeManifestOptions>(manifest => manifest.EnableConfigurationAnalysis = false);
        });
        configure(builder.Services);
        return builder.Build();
    }
}
