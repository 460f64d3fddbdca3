using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Hosting;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>The list is in the memory of the first silo, the primary, which the others of this machine name. When that one ends, so does the cluster.</summary>
internal sealed class LocalhostMembership(ClusteringOptions options, SiloPlace place) : Membership
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    private IPEndPoint Primary => ClusteringRules.Primary(options.Primary) ?? new IPEndPoint(place.Address, place.SiloPort);

    public override void AddTo(ISiloBuilder silo) => silo.UseDevelopmentClustering(Primary)
        .Configure<ClusterMembershipOptions>(membership => membership.MaxJoinAttemptTime = JoinPatience); // a person waits

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (options.Primary.Length > 0 && !await AnswersAsync(patience.Token))
        {
            try
            {
                await Task.Delay(BetweenTries, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ClusterException(
                    $"{ClusteringOptions.Section}:Primary is '{options.Primary}', where nothing has listened for {Patience.TotalSeconds:0} seconds; the first silo must run before the others. Start it with --silo-port {Primary.Port}, or correct --primary.");
            }
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Primary, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
