using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Embedded.Hosting;

namespace StepTool.Bench.Engines;

/// <summary>What benchmarks need of the embedded engine.</summary>
internal static class BenchEngine
{
    /// <summary>Benchmarks that only this engine has: none.</summary>
    internal static ImmutableArray<Suite> Suites => [];

    /// <summary>Silos in fleets that are compared: it has no more than one.</summary>
    internal const string FleetSizes = "1";

    /// <summary>Arguments by which a silo finds its cluster: there is none.</summary>
    internal static IEnumerable<string> Clustering(int primaryPort, bool isFirst) => [];

    /// <summary>Hosts the grains of this program alone.</summary>
    internal static void AddBenchGrains(this IServiceCollection services) => services.AddEmbeddedEngine(typeof(BenchEngine).Assembly);
}
