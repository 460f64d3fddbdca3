using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Engines;

/// <summary>Orleans' membership. A silo is a member here once its manifest has come in, since no grain is placed on it before.</summary>
internal sealed class SiloView(IClusterMembershipService membership, IClusterManifestProvider manifests, ISiloMetadataCache labels) : ISiloView
{
    private Known _known = new(null, []);

    public long Version => membership.CurrentSnapshot.Version.Value;

    public ImmutableArray<string> Members
    {
        get
        {
            var manifest = manifests.Current;
            var known = Volatile.Read(ref _known);
            if (!ReferenceEquals(known.Manifest, manifest))
            {
                known = new Known(manifest, [.. manifest.Silos.Keys.Select(silo => silo.ToParsableString())]);
                Volatile.Write(ref _known, known);
            }

            return known.Names;
        }
    }

    public bool HasLeft(string silo) => SiloAddress.TryParse(silo, null, out var address) && membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Dead;

    public bool IsAlive(string silo) =>
        SiloAddress.TryParse(silo, null, out var address) && membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    public ImmutableArray<string> Labelled(string key, string value) =>
        [.. manifests.Current.Silos.Keys.Where(silo => labels.Bears(silo, key, value)).Select(silo => silo.ToParsableString())];

    private sealed record Known(ClusterManifest? Manifest, ImmutableArray<string> Names);
}

/// <summary>What the grains need of their engine.</summary>
internal static class GrainsEngine
{
    public static IServiceCollection AddGrainsEngine(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SiloName(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()));
        services.TryAddSingleton<ISiloView, SiloView>();

        // On the machine's clock Orleans would refuse activations while that is behind where it was, and collect busy ones after it was set forward.
        services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, (provider, _) => new SteadyTime(provider.GetRequiredService<TimeProvider>()));
        return services.AddPlacementFilter<PreferLabelledSiloStrategy, PreferLabelledSiloDirector>(ServiceLifetime.Transient);
    }

    /// <summary>Whether a silo bears a label.</summary>
    internal static bool Bears(this ISiloMetadataCache labels, SiloAddress silo, string key, string value) =>
        labels.GetSiloMetadata(silo).Metadata.TryGetValue(key, out var own) && own == value;
}
