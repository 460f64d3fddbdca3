using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>Looks before the engine leaps: a port in use or a list of silos that cannot be reached is said in a sentence, within seconds.</summary>
internal sealed class ClusterStart(SiloPlace place, Membership membership) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Expect(nameof(ClusteringOptions.SiloPort), place.SiloPort, "--silo-port");
        Expect(nameof(ClusteringOptions.GatewayPort), place.GatewayPort, "--gateway-port");
        return membership.CheckAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Expect(string key, int port, string argument)
    {
        if (!SiloPlace.IsFree(place.Listening, port))
        {
            throw new ClusterException($"{ClusteringOptions.Section}:{key} is {port}, where another process listens; the port must be free. Stop that process, or give another such as {argument} {port + 1} (0 takes a free one).");
        }
    }
}
