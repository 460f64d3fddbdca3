using Orleans.Configuration;
using Orleans.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>How soon a silo's death is noticed. docs/operations.md says what each costs, and what was measured.</summary>
internal static class ClusterTimings
{
    /// <summary>Sets them.</summary>
    public static void Apply(ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(membership =>
    {
        // A killed process refuses connections: three probes, half of this apart once a few have been answered.
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;

        // Three times this without any message is what makes a silo that keeps its connections dead: longer than a busy machine's pauses.
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(3);

        // News travels by gossip; this is for what gossip lost.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);

        // Three of these make an entry stale: so long a new cluster waits for the silos of one that was killed as a whole.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

        // A silo that cannot join says so and ends, for its orchestrator to start it again.
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
    });
}
