using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Adds stores of grain state and blobs.</summary>
public static class StorageServices
{
    /// <summary>Name of the store that grains ask for.</summary>
    public const string ProviderName = "steptool";

    /// <summary>
    /// Keeps grain state and blobs under a data directory, which this process owns until the host is disposed. The directory is taken and the database
    /// checked when the host starts; disposal commits what is queued.
    /// </summary>
    /// <remarks>Takes <see cref="IGrainStorageSerializer"/>. Call it before the engine is added, so that the engine stops first.</remarks>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, string dataDirectory, Action<SqliteStorageOptions>? configure = null)
    {
        var options = new SqliteStorageOptions();
        configure?.Invoke(options);
        services.AddSingleton(_ => DataDirectory.Open(dataDirectory));
        services.AddSingleton(provider => new SqliteDatabase(provider.GetRequiredService<DataDirectory>().DatabasePath, options));
        services.AddSingleton(provider => new FolderBlobStore(provider.GetRequiredService<DataDirectory>().BlobsPath));
        services.AddSingleton<IBlobStore, SqliteBlobStore>();
        services.AddKeyedSingleton<IGrainStorage>(ProviderName, (provider, _) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(provider));
        services.AddHostedService<StorageStart>();
        return services;
    }

    /// <summary>Keeps blobs in a folder that processes of this machine share; the engine's own memory store keeps the grain state.</summary>
    public static IServiceCollection AddSharedBlobs(this IServiceCollection services, string dataDirectory)
    {
        services.TryAddSingleton<IBlobStore>(_ => new FolderBlobStore(Path.Combine(dataDirectory, DataDirectory.Blobs)));
        return services;
    }

    /// <summary>Keeps blobs in memory; the engine's own memory store keeps the grain state.</summary>
    public static IServiceCollection AddMemoryBlobs(this IServiceCollection services)
    {
        services.TryAddSingleton<IBlobStore, MemoryBlobStore>();
        return services;
    }
}

/// <summary>Opens the database when the host starts, not at the first grain's first read: what is wrong with it must stop the start.</summary>
internal sealed class StorageStart(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<SqliteDatabase>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
