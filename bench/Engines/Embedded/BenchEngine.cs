using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Embedded.Hosting;

namespace StepTool.Bench.Engines;

/// <summary>What benchmarks need of the embedded engine.</summary>
internal static class BenchEngine
{
    /// <summary>Benchmarks that only this engine has: none.</summary>
    internal static ImmutableArray<Suite> Suites => [];

    /// <summary>Hosts the grains of this program alone.</summary>
    internal static void AddBenchGrains(this IServiceCollection services) => services.AddEmbeddedEngine(typeof(BenchEngine).Assembly);
}
