using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using StepTool.Tests.Engines;
using Xunit;

namespace StepTool.Tests.Conformance;

/// <summary>A cluster of the engine that is built, holding this assembly's grains, a memory store called <see cref="Store"/> and a <see cref="Probe"/>.</summary>
public abstract class GrainFixture : IAsyncDisposable
{
    public const string Store = "store";

    public Probe Probe { get; } = new();

    public abstract IClusterClient Client { get; }

    /// <summary>The services of each silo, in the order in which they started.</summary>
    public abstract IReadOnlyList<IServiceProvider> Silos { get; }

    /// <summary>The services of the first silo, for what is the same on all.</summary>
    public IServiceProvider Silo => Silos[0];

    public static Task<GrainFixture> StartAsync(Action<IServiceCollection>? services = null, TimeSpan? responseTimeout = null) =>
        EngineFixture.StartAsync(services ?? (_ => { }), responseTimeout ?? TimeSpan.FromSeconds(30));

    /// <summary>Ends a grain's activation from outside, and waits until it is gone.</summary>
    public abstract Task DeactivateAsync(IAddressable grain);

    /// <summary>The silo that holds a grain's activation; null when there is none.</summary>
    public abstract IServiceProvider? Holder(IAddressable grain);

    /// <summary>Stops the cluster as a host would on SIGTERM.</summary>
    public abstract Task StopAsync();

    /// <summary>Starts a further silo with labels, for a <see cref="ClusterFactAttribute"/>.</summary>
    public abstract Task<IServiceProvider> JoinAsync(params (string Key, string Value)[] labels);

    /// <summary>Stops one silo as its host would on SIGTERM.</summary>
    public abstract Task LeaveAsync(IServiceProvider silo);

    /// <summary>Stops one silo without any handing over. Code in flight runs on in this process, as a silo's would that is only cut off.</summary>
    public abstract Task KillAsync(IServiceProvider silo);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One cluster for the tests of a class; each test uses keys of its own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private GrainFixture? _fixture;

    public GrainFixture Fixture => _fixture!;

    public async Task InitializeAsync() => _fixture = await GrainFixture.StartAsync();

    public async Task DisposeAsync() => await Fixture.DisposeAsync();
}
