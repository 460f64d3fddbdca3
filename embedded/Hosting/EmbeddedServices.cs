using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using StepTool.Embedded.Gateway;
using StepTool.Embedded.State;

namespace StepTool.Embedded.Hosting;

/// <summary>Adds the engine, and its memory store, to a host.</summary>
public static class EmbeddedServices
{
    /// <summary>Hosts the grain classes of an assembly in this process. Call it once more for a further assembly.</summary>
    /// <remarks>
    /// Gives <see cref="IClusterClient"/>, <see cref="IGrainFactory"/> and <see cref="ILocalSiloDetails"/>; takes <see cref="TimeProvider"/>,
    /// <see cref="IGrainStorageSerializer"/> and <see cref="EmbeddedWire"/> where they are registered. Hosted services that are
    /// registered after it stop before the grains do, so they may call grains until then.
    /// </remarks>
    public static IServiceCollection AddEmbeddedEngine(this IServiceCollection services, Assembly grains, Action<EmbeddedOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return services.AddEmbeddedEngine(grains.GetTypes(), configure);
    }

    /// <summary>Keeps the states of a store in memory, for as long as the process lives.</summary>
    public static IServiceCollection AddMemoryGrainStorage(this IServiceCollection services, string name) =>
        services.AddGrainStorage(name, (provider, _) => new MemoryGrainStorage(provider.GetRequiredService<IGrainStorageSerializer>()));

    internal static IServiceCollection AddEmbeddedEngine(this IServiceCollection services, IReadOnlyList<Type> types, Action<EmbeddedOptions>? configure = null)
    {
        var options = services.AddOptions<EmbeddedOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddSingleton(new GrainTypes(types));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EmbeddedOptions>, EmbeddedOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(DefaultWire());
        services.TryAddSingleton<IGrainStorageSerializer, JsonGrainStorageSerializer>();
        if (services.Any(service => service.ServiceType == typeof(EmbeddedEngine)))
        {
            return services;
        }

        return services
            .AddLogging()
            .AddSingleton<EmbeddedEngine>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedEngine>())
            .AddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<EmbeddedEngine>())
            .AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Client)
            .AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<EmbeddedEngine>().Client);
    }

    internal static EmbeddedWire DefaultWire() => new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
}
