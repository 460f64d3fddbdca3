using StepTool.Core.Chance;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Limits;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Grains.Tools;

[Trait("Kind", "Unit")]
public sealed class HostPermitsTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly HashSet<string> _left = [];

    [Fact]
    public void Lease_OneSilo_GetsWhatItNeedsAndSomeToSpare() => Assert.Equal((12, 12), Both(new HostPermits(new ToolLimits { MaxConcurrent = 16 }), "a", 8));

    [Fact]
    public void Lease_AnotherSiloGotNothing_IsCutToAnEqualShare()
    {
        var permits = new HostPermits(new ToolLimits { MaxConcurrent = 16 });
        Assert.Equal(16, Lease(permits, "a", 20).Concurrent);
        Assert.Equal(0, Lease(permits, "b", 5).Concurrent);
        Assert.Equal(8, Lease(permits, "a", 20).Concurrent);
        Assert.Equal(8, Lease(permits, "b", 10).Concurrent);
    }

    [Fact]
    public void Lease_OfASiloThatLeft_Ends()
    {
        var permits = new HostPermits(new ToolLimits { MaxConcurrent = 4 });
        Lease(permits, "a", 4);
        _left.Add("a");
        Assert.Equal(4, Lease(permits, "b", 4).Concurrent);
        Assert.Equal(0, Lease(permits, "a", 4).Concurrent);
    }

    [Fact]
    public void Lease_OfASiloThatIsSilent_EndsWithItsTime()
    {
        var permits = new HostPermits(new ToolLimits { MaxConcurrent = 4 });
        Lease(permits, "a", 4);
        Assert.Equal(0, Lease(permits, "b", 4, at: 29).Concurrent);
        Assert.Equal(4, Lease(permits, "b", 4, at: 30).Concurrent);
    }

    [Fact]
    public void Lease_GivenBack_IsFreeAtOnce()
    {
        var permits = new HostPermits(new ToolLimits { MaxConcurrent = 4 });
        Lease(permits, "a", 4);
        permits.Release("a");
        Assert.Equal(4, Lease(permits, "b", 4).Concurrent);
    }

    [Fact]
    public void Lease_OnePlaceForThreeSilos_GoesAround()
    {
        var permits = new HostPermits(new ToolLimits { MaxConcurrent = 1 });
        var turns = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0, ["c"] = 0 };
        for (var round = 0; round < 30; round++)
        {
            foreach (var silo in turns.Keys)
            {
                turns[silo] += Lease(permits, silo, 3, at: round).Concurrent;
            }
        }

        Assert.All(turns.Values, count => Assert.InRange(count, 5, 25));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leases_OfManySilos_NeverExceedWhatTheHostTakes(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new SeededRandom(seed);
        var limits = new ToolLimits { RequestsPerSecond = 20, Burst = 5, MaxConcurrent = 10 };
        var permits = new HostPermits(limits);
        var (requests, now) = (0, Start);
        for (var ask = 0; ask < 2000; ask++)
        {
            now += TimeSpan.FromMilliseconds(random.NextInt(40));
            var underWay = 0; // what a silo has under way was leased to it before
            requests += permits.Lease(new HostDemand($"silo-{random.NextInt(5)}", random.NextInt(6), underWay), now, _left.Contains).Requests;
            Assert.InRange(permits.Leased, 0, limits.MaxConcurrent);
            Assert.InRange(requests, 0, limits.Burst + (limits.RequestsPerSecond * (now - Start).TotalSeconds) + 1);
        }

        Assert.InRange(requests, 0.7 * limits.RequestsPerSecond * (now - Start).TotalSeconds, double.MaxValue);
    }

    private (int Requests, int Concurrent) Both(HostPermits permits, string silo, int waiting) =>
        Lease(permits, silo, waiting) is var lease ? (Math.Min(lease.Requests, lease.Concurrent), lease.Concurrent) : default;

    private HostLease Lease(HostPermits permits, string silo, int waiting, int at = 0) =>
        permits.Lease(new HostDemand(silo, waiting, 0), Start.AddSeconds(at), _left.Contains);
}
