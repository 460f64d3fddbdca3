using Microsoft.Extensions.Options;
using Orleans.Placement;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Limits;

/// <summary>Host of <see cref="HostPermits"/>. Its memory is all it has: after it moved, requests under way at first count only for the silos that asked since.</summary>
[GrainType("tool-host"), ActivationCountBasedPlacement]
internal sealed class ToolHostGrain(ISiloView silos, TimeProvider time, IOptions<ToolsOptions> options) : Grain, IToolHostGrain
{
    private readonly SteadyTime _time = new(time);
    private readonly HostPermits _permits = new(options.Value.Host);

    public Task<HostLease> LeaseAsync(HostDemand demand, CancellationToken cancellationToken) => Task.FromResult(_permits.Lease(demand, _time.GetUtcNow(), silos.HasLeft));

    public Task ReleaseAsync(string silo, CancellationToken cancellationToken)
    {
        _permits.Release(silo);
        return Task.CompletedTask;
    }
}
