using Orleans.Runtime;

namespace StepTool.Silo.Engines;

/// <summary>Says which silos came and went, and how many are left.</summary>
internal sealed partial class MembershipLog(IClusterMembershipService membership, ILogger<MembershipLog> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = new Dictionary<SiloAddress, SiloStatus>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var active = snapshot.Members.Values.Count(member => member.Status is SiloStatus.Active);
            foreach (var (silo, member) in snapshot.Members)
            {
                var isNews = known.TryGetValue(silo, out var before) ? before != member.Status : member.Status is SiloStatus.Active;
                if (isNews && member.Status is (SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Dead))
                {
                    LogChange(silo, member.Status, active);
                }

                known[silo] = member.Status;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} is {Status}; active silos: {Active}.")]
    private partial void LogChange(SiloAddress silo, SiloStatus status, int active);
}
