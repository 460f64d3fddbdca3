using System.Collections.Immutable;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Bench.Crashes;
using StepTool.Bench.Servers;
using StepTool.Embedded.Hosting;
using StepTool.Silo.Storage;

namespace StepTool.Bench.Engines;

/// <summary>What benchmarks need of the embedded engine.</summary>
internal static class BenchEngine
{
    /// <summary>Benchmarks that this engine has in a form of its own.</summary>
    internal static ImmutableArray<Suite> Suites { get; } =
    [
        new("kills", options => CrashSuite.MeasureAsync(options, silos: 1, () => Task.FromResult(CrashGround.Sqlite()))),
        new("kills-azurite", options => CrashSuite.MeasureAsync(options, silos: 1, AzuriteAsync, killsOnOne: 64)),
        new("restart", RestartSuite.MeasureAsync),
    ];

    private static async Task<CrashGround> AzuriteAsync()
    {
        var azurite = await Azurite.StartAsync();
        return Ground(azurite.Connection, new AzureStorageOptions().Container, azurite);
    }

    /// <summary>For one silo that keeps its state in a container.</summary>
    internal static CrashGround Ground(string connection, string container, params IDisposable[] servers)
    {
        var owner = new BlobContainerClient(connection, container).GetBlobClient(AzureOwnership.BlobName);

        // A silo's hold on the container ends half a minute after it was killed; whoever knows that it is dead need not wait.
        return CrashGround.Alone([.. Azurite.StorageAt(connection), $"--StepTool:Azure:Container={container}"], () => owner.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero), servers);
    }

    /// <summary>Silos in fleets that are compared: it has no more than one.</summary>
    internal const string FleetSizes = "1";

    /// <summary>Arguments by which a silo finds its cluster: there is none.</summary>
    internal static IEnumerable<string> Clustering(int primaryPort, bool isFirst) => [];

    /// <summary>Hosts the grains of this program alone.</summary>
    internal static void AddBenchGrains(this IServiceCollection services) => services.AddEmbeddedEngine(typeof(BenchEngine).Assembly);
}
