using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Storage;
using Orleans.TestingHost;
using StepTool.Silo.Engines;
using StepTool.Tests.Conformance;

namespace StepTool.Tests.Engines;

/// <summary>The fixture on Orleans: two silos in this process and whoever joins them; calls between them, and the client's, are serialized.</summary>
internal sealed class EngineFixture : GrainFixture
{
    /// <summary>Why tests of several silos are skipped: they are not.</summary>
    internal const string? OneSilo = null;

    private const short FirstSilos = 2;
    private readonly InProcessTestCluster _cluster;
    private Dictionary<string, string> _labels = [];

    private EngineFixture(Action<IServiceCollection> services, TimeSpan responseTimeout)
    {
        var builder = new InProcessTestClusterBuilder(FirstSilos);
        builder.Options.ConfigureFileLogging = false;
        UseTestDirectory(builder.Options, false);
        builder.ConfigureHost(host => AddWire(host.Services));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Probe).AddGrainStorage(UnluckyGrain.BrokenStore, (_, _) => new BrokenStorage());
            silo.Services.AddSingleton<IGrainStorageSerializer, StateSerializer>();
            silo.AddMemoryGrainStorage(Store);
            silo.UseSiloMetadata(_labels);
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = responseTimeout);
            services(silo.Services);
        });
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = responseTimeout));
        _cluster = builder.Build();
    }

    public override IClusterClient Client => _cluster.Client;

    public override IReadOnlyList<IServiceProvider> Silos => [.. _cluster.Silos.Select(silo => silo.ServiceProvider)];

    internal static async Task<GrainFixture> StartAsync(Action<IServiceCollection> services, TimeSpan responseTimeout)
    {
        var fixture = new EngineFixture(services, responseTimeout);
        await fixture._cluster.DeployAsync();
        while (!fixture.Silos.All(KnowsAll))
        {
            await Task.Delay(5); // till then either silo may activate a grain for itself
        }

        return fixture;
    }

    public override async Task DeactivateAsync(IAddressable grain)
    {
        await _cluster.DeactivateAsync(grain);
        await _cluster.WaitForDeactivationAsync(grain);
    }

    public override IServiceProvider? Holder(IAddressable grain) => _cluster.TryGetGrainContext(grain.GetGrainId(), out var context)
        ? _cluster.Silos.FirstOrDefault(silo => silo.SiloAddress.Equals(context.Address.SiloAddress))?.ServiceProvider
        : null;

    public override Task StopAsync() => _cluster.StopAllSilosAsync();

    public override async Task<IServiceProvider> JoinAsync(params (string Key, string Value)[] labels)
    {
        _labels = labels.ToDictionary(label => label.Key, label => label.Value);
        return (await _cluster.StartAdditionalSiloAsync()).ServiceProvider;
    }

    public override Task LeaveAsync(IServiceProvider silo) => _cluster.StopSiloAsync(Handle(silo));

    public override async Task KillAsync(IServiceProvider silo)
    {
        await _cluster.KillSiloAsync(Handle(silo));
        await _cluster.InitializeClientAsync(); // the old one would try that silo's gateway once more
    }

    public override ValueTask DisposeAsync() => _cluster.DisposeAsync();

    // Silos in earnest keep the directory of grains among them, and lose a part of it with each silo; the cluster's own, which loses nothing, would hide that.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_UseTestClusterGrainDirectory")]
    private static extern void UseTestDirectory(InProcessTestClusterOptions options, bool value);

    private static bool KnowsAll(IServiceProvider silo) =>
        silo.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values.Count(member => member.Status is SiloStatus.Active) == FirstSilos;

    private InProcessSiloHandle Handle(IServiceProvider silo) => _cluster.Silos.Single(handle => handle.ServiceProvider == silo);

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
