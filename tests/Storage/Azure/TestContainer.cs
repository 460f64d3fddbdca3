using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using StepTool.Silo.Storage;

namespace StepTool.Tests.Storage.Azure;

/// <summary>A container of its own for each test, deleted after it.</summary>
internal sealed class TestContainer : IAsyncDisposable
{
    private TestContainer(AzureStorageOptions options) => (Options, Container) = (options, new AzureContainer(options));

    public AzureStorageOptions Options { get; }

    public AzureContainer Container { get; }

    public AzureGrainStorage State => new(Container, StorageBuilder.Serializer);

    public static async Task<TestContainer> CreateAsync()
    {
        var container = Named();
        await container.Container.CreateAsync(default);
        return container;
    }

    /// <summary>A container that is not there yet.</summary>
    public static TestContainer Named() => new(new AzureStorageOptions { ConnectionString = Azurite.ConnectionString, Container = $"test-{Guid.NewGuid():N}" });

    /// <summary>Names of all blobs, in order.</summary>
    public async Task<List<string>> NamesAsync()
    {
        var names = new List<string>();
        await foreach (var blob in Container.Client.GetBlobsAsync())
        {
            names.Add(blob.Name);
        }

        return names;
    }

    /// <summary>The lease of an owner that is no more, of its shortest length.</summary>
    public async Task<BlobLeaseClient> KilledOwnerAsync()
    {
        var owner = Blob("owner");
        await owner.UploadAsync(BinaryData.Empty, new BlobUploadOptions
        {
            Metadata = new Dictionary<string, string> { ["process"] = "999999", ["started"] = "2026-01-01T00:00:00Z", ["machine"] = "nowhere" },
        });
        var lease = owner.GetBlobLeaseClient();
        await lease.AcquireAsync(TimeSpan.FromSeconds(15));
        return lease;
    }

    public BlobClient Blob(string name) => Container.Client.GetBlobClient(name);

    public async ValueTask DisposeAsync() => await Container.Client.DeleteIfExistsAsync();
}
