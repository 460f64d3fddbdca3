using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Limits;

/// <summary>Shares out what a cluster may ask of one host: demand and time in, lease out. A lease ends with its time or its silo.</summary>
internal sealed class HostPermits(ToolLimits limits)
{
    private const int Spare = 4;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = Fresh + TimeSpan.FromSeconds(25); // the last request under a lease may last so long
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1); // more than what rounding takes away
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.25);
    private readonly TokenBucket _bucket = new(limits.RequestsPerSecond, limits.Burst);
    private readonly Dictionary<string, Holding> _silos = [];

    /// <summary>Requests that silos may have under way now.</summary>
    internal int Leased => _silos.Values.Sum(holding => holding.Concurrent);

    /// <summary>What a silo gets.</summary>
    internal HostLease Lease(HostDemand demand, DateTimeOffset now, Func<string, bool> hasLeft)
    {
        Expire(now, hasLeft);
        if (hasLeft(demand.Silo))
        {
            return new HostLease(0, 0, Fresh, Fresh); // it was cut off and does not know it yet
        }

        _silos.Remove(demand.Silo, out var before);
        var concurrent = Concurrent(demand, before.StarvesSince);
        var mayBegin = concurrent > demand.UnderWay;
        _silos[demand.Silo] = new Holding(Math.Max(concurrent, demand.UnderWay), mayBegin || demand.Waiting == 0 ? null : before.StarvesSince ?? now, now + Kept);
        var requests = mayBegin ? _bucket.TakeUpTo(Math.Max(demand.Waiting, Bundle), now) : 0;
        return new HostLease(requests, concurrent, Fresh, !mayBegin ? Soon : requests == 0 ? _bucket.Wait(now) + Least : TimeSpan.Zero);
    }

    /// <summary>Ends a silo's lease.</summary>
    internal void Release(string silo) => _silos.Remove(silo);

    // A quarter of a second's worth, so that the busiest silo asks about four times a second.
    private int Bundle => _bucket.Interval == TimeSpan.Zero ? int.MaxValue : Math.Max(1, (int)(Soon / _bucket.Interval));

    // Somewhat more than is needed now; an equal share at most while another silo has waited longer, so that they take turns where there is not one for each.
    private int Concurrent(HostDemand demand, DateTimeOffset? starvesSince)
    {
        if (limits.MaxConcurrent == 0)
        {
            return int.MaxValue;
        }

        var free = limits.MaxConcurrent - Leased;
        var wanted = demand.UnderWay + demand.Waiting;
        var most = _silos.Values.Any(holding => holding.StarvesSince is { } since && !(starvesSince <= since)) ? Math.Min(wanted, limits.MaxConcurrent / (_silos.Count + 1)) : wanted + Spare;
        return Math.Max(0, Math.Min(most, free));
    }

    private void Expire(DateTimeOffset now, Func<string, bool> hasLeft)
    {
        foreach (var (silo, holding) in _silos)
        {
            if (holding.Until <= now || hasLeft(silo))
            {
                _silos.Remove(silo);
            }
        }
    }

    private readonly record struct Holding(int Concurrent, DateTimeOffset? StarvesSince, DateTimeOffset Until);
}
