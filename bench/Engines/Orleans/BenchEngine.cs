using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using StepTool.Bench.Crashes;
using StepTool.Bench.Engines.Elastic;
using StepTool.Bench.Engines.Overhead;
using StepTool.Bench.Fleet;
using StepTool.Bench.Servers;
using StepTool.Silo.Engines;

namespace StepTool.Bench.Engines;

/// <summary>What benchmarks need of Orleans.</summary>
internal static class BenchEngine
{
    /// <summary>Benchmarks that only this engine has.</summary>
    internal static ImmutableArray<Suite> Suites { get; } = [new("overhead", OverheadSuite.MeasureAsync), new("elastic", ElasticSuite.MeasureAsync), new("kills", KillAsync)];

    // Three silos of which one is killed at a time; state is in Azure storage, the list of silos in Redis.
    private static Task<Measured> KillAsync(BenchOptions options) => CrashSuite.MeasureAsync(
        options,
        silos: 3,
        async () =>
        {
            var (azurite, redis) = (await Azurite.StartAsync(), await RedisServer.StartAsync());
            return new CrashGround([.. azurite.Storage, .. redis.Clustering], () => Task.CompletedTask, azurite, redis);
        },
        killsOnOne: 12);

    /// <summary>Silos in fleets that are compared.</summary>
    internal const string FleetSizes = "1,2,4";

    /// <summary>Arguments by which a silo finds its cluster: the first one keeps the list of silos.</summary>
    internal static IEnumerable<string> Clustering(int primaryPort, bool isFirst) =>
        [$"--StepTool:Clustering:{(isFirst ? "SiloPort=" : "Primary=127.0.0.1:")}{primaryPort}"];

    /// <summary>Hosts the grains of this program, in a silo of its own.</summary>
    internal static void AddBenchGrains(this IServiceCollection services) =>
        services.AddOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next())).AddOrleansWire();
}
