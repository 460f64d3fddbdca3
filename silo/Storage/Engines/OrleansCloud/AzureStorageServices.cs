using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Orleans' own provider takes the place of ours: the same container, names and bytes.</summary>
public static partial class AzureStorageServices
{
    static partial void AddForEngine(IServiceCollection services)
    {
        services.RemoveAllKeyed<IGrainStorage>(StorageServices.ProviderName);
        services.AddAzureBlobGrainStorage(StorageServices.ProviderName, provider => provider.Configure<AzureContainer>((options, container) =>
        {
            (options.BlobServiceClient, options.ContainerName) = (container.Service, container.Client.Name);
            options.BuildContainerFactory = (_, _) => new OneContainer(container);
        }));
    }

    private sealed class OneContainer(AzureContainer container) : IBlobContainerFactory
    {
        public BlobContainerClient GetBlobContainerClient(GrainId grainId)
        {
            AzureStateName.Check(grainId);
            return container.Client;
        }

        public Task InitializeAsync(BlobServiceClient client) => container.CreateAsync(CancellationToken.None);
    }
}
