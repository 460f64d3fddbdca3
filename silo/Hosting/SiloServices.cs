using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using StepTool.Grains.Hosting;
using StepTool.Silo.Engines;
using StepTool.Silo.Health;
using StepTool.Silo.Storage;
using StepTool.Silo.Tools;
using StepTool.Silo.Virtual;

namespace StepTool.Silo.Hosting;

/// <summary>Registers a silo: engine, storage, worlds, pump. The same for the silo's program and for a console that hosts one in its own process.</summary>
public static class SiloServices
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(60);

    /// <summary>Registers a silo whose options come from the host's configuration.</summary>
    public static TBuilder AddStepToolSilo<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        SiloKeys.Check(builder.Configuration);
        var options = builder.Configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        builder.Services.AddStepToolSilo(options).AddEngineHttp();
        return builder;
    }

    /// <summary>Registers a silo with the given options, which are checked at once: they choose what is registered.</summary>
    public static IServiceCollection AddStepToolSilo(this IServiceCollection services, Action<SiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SiloOptions();
        configure(options);
        return services.AddStepToolSilo(options);
    }

    private static IServiceCollection AddStepToolSilo(this IServiceCollection services, SiloOptions options)
    {
        var result = new SiloOptionsValidator().Validate(Options.DefaultName, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), result.Failures);
        }

        services.AddSingleton(Options.Create(options));
        services.AddSingleton<IGrainStorageSerializer>(new StateSerializer(Wire.State));
        services.AddSingleton(new SiloLabels(options.Labels.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase)));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
        services = options.Storage switch // before the engine, so that the engine stops first
        {
            StorageKind.Sqlite => services.AddSqliteStorage(options.DataDirectory),
            StorageKind.Azure => services.AddAzureStorage(options.Azure),
            _ => Engine.MayHavePeers ? services.AddSharedBlobs(options.DataDirectory) : services.AddMemoryBlobs(),
        };
        return services.AddEngine(options).AddStepToolGrains(options.IsAtWork).AddLiveTools().AddSiloHealth().AddVirtual();
    }
}
