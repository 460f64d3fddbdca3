using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Storage;
using Orleans.TestingHost;
using StepTool.Silo.Engines;
using StepTool.Tests.Conformance;

namespace StepTool.Tests.Engines;

/// <summary>The fixture on Orleans: one silo in this process, the client's calls serialized.</summary>
internal sealed class EngineFixture : GrainFixture
{
    private readonly InProcessTestCluster _cluster;

    private EngineFixture(Action<IServiceCollection> services, TimeSpan responseTimeout)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => AddWire(host.Services));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Probe).AddGrainStorage(UnluckyGrain.BrokenStore, (_, _) => new BrokenStorage());
            silo.Services.AddSingleton<IGrainStorageSerializer, StateSerializer>();
            silo.AddMemoryGrainStorage(Store);
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = responseTimeout);
            services(silo.Services);
        });
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = responseTimeout));
        _cluster = builder.Build();
    }

    public override IClusterClient Client => _cluster.Client;

    public override IServiceProvider Silo => _cluster.Silos[0].ServiceProvider;

    internal static async Task<GrainFixture> StartAsync(Action<IServiceCollection> services, TimeSpan responseTimeout)
    {
        var fixture = new EngineFixture(services, responseTimeout);
        await fixture._cluster.DeployAsync();
        return fixture;
    }

    public override async Task DeactivateAsync(IAddressable grain)
    {
        await _cluster.DeactivateAsync(grain);
        await _cluster.WaitForDeactivationAsync(grain);
    }

    public override Task StopAsync() => _cluster.StopAllSilosAsync();

    public override ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static void AddWire(IServiceCollection services)
    {
        services.AddSerializer(serializer => serializer.AddJsonSerializer(
            IsContract, isCopyable: null, options => options.Configure(json => json.SerializerOptions = StateSerializer.Options)));
        services.AddSingleton<ITypeFilter, ContractTypes>();
        services.AddSingleton<IGeneralizedCopier, ShareImmutableRecords>();
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("StepTool."));
    }

    // The project's own grains are loaded too, and Orleans checks their messages.
    private static bool IsContract(Type type) =>
        (type.Namespace == typeof(GrainFixture).Namespace && !typeof(Exception).IsAssignableFrom(type)) || OrleansWire.IsRecord(type);

    private sealed class ContractTypes : ITypeFilter
    {
        public bool? IsTypeAllowed(Type type) => IsContract(type) ? true : null;
    }

    private sealed class ShareImmutableRecords : IGeneralizedCopier, IOptionalDeepCopier
    {
        public bool IsSupportedType(Type type) => IsContract(type) && !type.IsAbstract;

        public object? DeepCopy(object? input, CopyContext context) => input;

        public bool IsShallowCopyable() => true;
    }

    private sealed class StateSerializer : IGrainStorageSerializer
    {
        internal static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

        public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options);
    }
}
