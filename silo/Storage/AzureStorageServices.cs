using Orleans.Storage;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Adds the store of grain state and blobs in an Azure storage account.</summary>
public static partial class AzureStorageServices
{
    /// <summary>Keeps grain state and blobs in a container, which is looked for, and created where it is missing, when the host starts.</summary>
    /// <remarks>Takes <see cref="IGrainStorageSerializer"/>. Call it before the engine is added, so that the engine stops first.</remarks>
    public static IServiceCollection AddAzureStorage(this IServiceCollection services, AzureStorageOptions options)
    {
        services.AddSingleton(_ => new AzureContainer(options));
        services.AddSingleton<IBlobStore, AzureBlobStore>();
        services.AddKeyedSingleton<IGrainStorage, AzureGrainStorage>(StorageServices.ProviderName);
        services.AddHostedService<AzureStorageStart>();
        AddForEngine(services);
        return services;
    }

    // The embedded engine owns its container alone. Orleans brings a provider of its own, where its packages for Azure are built in.
    static partial void AddForEngine(IServiceCollection services);
}

/// <summary>Asks the account when the host starts, not at the first grain's first read: what is wrong with it must stop the start.</summary>
internal sealed class AzureStorageStart(AzureContainer container) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => container.CreateAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
