using StepTool.Embedded.Hosting;

namespace StepTool.Silo.Storage.Engines.Embedded;

/// <summary>The embedded engine's memory store under the grains' name.</summary>
public static class MemoryStorage
{
    /// <summary>Keeps grain state and blobs in memory: for tests and for runs that keep nothing.</summary>
    public static IServiceCollection AddMemoryStorage(this IServiceCollection services) =>
        services.AddMemoryBlobs().AddMemoryGrainStorage(StorageServices.ProviderName);
}
