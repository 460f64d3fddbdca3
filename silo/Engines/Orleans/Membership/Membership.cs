using Orleans.Hosting;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;

namespace StepTool.Silo.Engines;

/// <summary>One way for silos to find each other: the place where their list is kept.</summary>
internal abstract partial class Membership
{
    /// <summary>How long a place may take to answer.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The way that options ask for; null where this build left it out, which the rules refuse.</summary>
    public static Membership? Of(SiloOptions options, SiloPlace place)
    {
        Membership? membership = options.Clustering.Kind switch
        {
            ClusteringKind.AdoNet => new AdoNetMembership(options.Clustering),
            ClusteringKind.Redis => new RedisMembership(options.Clustering),
            ClusteringKind.Localhost => new LocalhostMembership(options.Clustering, place),
            _ => null,
        };
        OfCloud(options, ref membership);
        return membership;
    }

    /// <summary>Registers it.</summary>
    public abstract void AddTo(ISiloBuilder silo);

    /// <summary>Makes sure that the place can be used.</summary>
    /// <exception cref="ClusterException">It cannot.</exception>
    public abstract Task CheckAsync(CancellationToken cancellationToken);

    // Compiled with the packages for Azure.
    static partial void OfCloud(SiloOptions options, ref Membership? membership);
}
