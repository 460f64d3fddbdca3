using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using StepTool.Embedded.Hosting;
using StepTool.Tests.Conformance;

namespace StepTool.Tests.Engines;

/// <summary>The fixture on the embedded engine.</summary>
internal sealed class EngineFixture : GrainFixture
{
    /// <summary>The grains of the conformance tests and of those beside this class.</summary>
    internal static readonly Type[] GrainTypes =
        [.. typeof(EngineFixture).Assembly.GetTypes().Where(type => type.Namespace == typeof(GrainFixture).Namespace || type.Namespace == typeof(EngineFixture).Namespace)];

    /// <summary>Why tests of several silos are skipped.</summary>
    internal const string OneSilo = "The embedded engine has one silo; build with -p:Engine=Orleans.";

    private readonly IHost _host;

    private EngineFixture(Action<IServiceCollection> services, Action<EmbeddedOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Probe).AddSingleton<Witness>().AddMemoryGrainStorage(Store).AddGrainStorage(UnluckyGrain.BrokenStore, (_, _) => new BrokenStorage());
        services(builder.Services);
        builder.Services.AddEmbeddedEngine(GrainTypes, configure);
        _host = builder.Build();
    }

    public override IClusterClient Client => Silo.GetRequiredService<IClusterClient>();

    public override IReadOnlyList<IServiceProvider> Silos => [_host.Services];

    internal EmbeddedEngine Engine => Silo.GetRequiredService<EmbeddedEngine>();

    internal static async Task<GrainFixture> StartAsync(Action<IServiceCollection> services, TimeSpan responseTimeout) =>
        await StartAsync(options => options.ResponseTimeout = responseTimeout, services);

    internal static async Task<EngineFixture> StartAsync(Action<EmbeddedOptions> configure, Action<IServiceCollection>? services = null)
    {
        var fixture = new EngineFixture(services ?? (_ => { }), configure);
        await fixture._host.StartAsync();
        return fixture;
    }

    public override async Task DeactivateAsync(IAddressable grain)
    {
        if (Engine.Find(grain.GetGrainId()) is { } activation)
        {
            activation.Deactivate(new(DeactivationReasonCode.RuntimeRequested, "The test asked for it."));
            await activation.Deactivated;
        }
    }

    public override IServiceProvider? Holder(IAddressable grain) => Engine.Find(grain.GetGrainId()) is null ? null : Silo;

    public override Task StopAsync() => _host.StopAsync();

    public override Task<IServiceProvider> JoinAsync(params (string Key, string Value)[] labels) => throw new NotSupportedException(OneSilo);

    public override Task LeaveAsync(IServiceProvider silo) => throw new NotSupportedException(OneSilo);

    public override Task KillAsync(IServiceProvider silo) => throw new NotSupportedException(OneSilo);

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
