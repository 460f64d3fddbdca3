using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using StepTool.Bench.Engines.Overhead;
using StepTool.Silo.Engines;

namespace StepTool.Bench.Engines;

/// <summary>What benchmarks need of Orleans.</summary>
internal static class BenchEngine
{
    /// <summary>Benchmarks that only this engine has.</summary>
    internal static ImmutableArray<Suite> Suites { get; } = [new("overhead", OverheadSuite.MeasureAsync)];

    /// <summary>Hosts the grains of this program, in a silo of its own.</summary>
    internal static void AddBenchGrains(this IServiceCollection services) =>
        services.AddOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next())).AddOrleansWire();
}
