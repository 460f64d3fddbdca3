using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Engines;

/// <summary>A cluster of one silo.</summary>
internal sealed class SiloView(SiloName silo, SiloLabels labels) : ISiloView
{
    public long Version => 0;

    public ImmutableArray<string> Members { get; } = [silo.Name];

    public bool HasLeft(string silo) => false;

    public bool IsAlive(string silo) => Members.Contains(silo);

    public ImmutableArray<string> Labelled(string key, string value) => labels.Values.TryGetValue(key, out var own) && own == value ? Members : [];
}

/// <summary>What the grains need of their engine.</summary>
internal static class GrainsEngine
{
    public static IServiceCollection AddGrainsEngine(this IServiceCollection services)
    {
        services.TryAddSingleton(new SiloName($"silo-{Guid.NewGuid():N}"[..13]));
        services.TryAddSingleton<ISiloView, SiloView>();
        return services;
    }
}
