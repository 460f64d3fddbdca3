using System.Data.Common;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using StackExchange.Redis;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;
using StorageKind = StepTool.Silo.Hosting.StorageKind;

namespace StepTool.Silo.Engines;

/// <summary>Orleans: silos that join and leave.</summary>
public static partial class Engine
{
    /// <summary>The engine's name, as <c>/api/cluster</c> says it.</summary>
    public const string Name = "orleans";

    private const string DashboardPath = "/orleans";

    /// <summary>Whether other processes may share what a silo keeps: silos join one another.</summary>
    internal const bool MayHavePeers = true;

    /// <summary>What these options ask for that this engine or this build does not have, each with its remedy.</summary>
    internal static IEnumerable<string> Refusals(SiloOptions options) => ClusteringRules.Failures(options);

    /// <summary>Explains what stops this engine from starting; null where it is none of the cluster.</summary>
    internal static string? Explain(Exception exception, SiloOptions options)
    {
        var reason = exception.Message.Split('\n')[0].Replace(" See InnerException", "", StringComparison.Ordinal).TrimEnd('.', '\r');
        return exception switch
        {
            OrleansException when options.Clustering.Primary is { Length: > 0 } primary =>
                $"{ClusteringOptions.Section}:Primary is '{primary}', which listens but takes no silo of cluster '{options.ClusterId}': {reason}. It must be the silo port of a silo of this build with the same ClusterId and Tls. Correct --primary or --cluster-id.",
            OrleansException or DbException or RedisException =>
                $"This silo could not join cluster '{options.ClusterId}': {reason}. Silos of one cluster must reach each other's silo port, with the same Tls. See the logs of the others, or give another --cluster-id.",
            _ => null,
        };
    }

    /// <summary>Hosts the grains.</summary>
    /// <exception cref="ClusterException">This machine's own address cannot be found out.</exception>
    internal static IServiceCollection AddEngine(this IServiceCollection services, SiloOptions options)
    {
        var place = SiloPlace.Of(options);
        var membership = Membership.Of(options, place)!;
        services.AddHostedService(_ => new ClusterStart(place, membership)); // before the engine, so that what is wrong is said once
        services.AddSingleton<IFatalErrorHandler, FatalEnd>();
        services.AddOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterDescription.Service));
            silo.Configure<EndpointOptions>(place.Apply);
            silo.UseSiloMetadata(place.Labels(options.Labels));
            ClusterTimings.Apply(silo);
            membership.AddTo(silo);
            Secure(silo, options.Clustering.Tls);
            if (options.Storage is StorageKind.Memory)
            {
                silo.AddMemoryGrainStorage(StateStore.Name);
            }
        });
        services.AddHostedService<MembershipLog>();
        return services.AddOrleansWire();
    }

    /// <summary>Adds what the engine answers over HTTP.</summary>
    internal static void AddEngineHttp(this IServiceCollection services) => services.AddOrleans(silo => silo.AddDashboard());

    /// <summary>Maps Orleans' own dashboard; clients reach the silos by their gateways.</summary>
    internal static void MapEngine(this WebApplication app) => app.MapOrleansDashboard(DashboardPath);

    /// <summary>The silos that are alive, this one included.</summary>
    internal static IReadOnlyList<SiloDescription> Silos(WebApplication app)
    {
        var metadata = app.Services.GetRequiredService<ISiloMetadataCache>();
        return
        [
            .. app.Services.GetRequiredService<ISiloStatusOracle>().GetActiveSilos()
                .Select(silo => SiloPlace.Describe(silo.ToParsableString(), metadata.GetSiloMetadata(silo).Metadata))
                .OfType<SiloDescription>().OrderBy(silo => silo.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether this build has the parts for Azure and TLS.</summary>
    internal static bool HasCloud
    {
        get
        {
            var isThere = false;
            FindCloud(ref isThere);
            return isThere;
        }
    }

    static partial void FindCloud(ref bool isThere);

    // Compiled with the packages for Azure and TLS; the rules refuse certificates where it is not.
    static partial void Secure(ISiloBuilder silo, CertificateOptions certificates);
}
