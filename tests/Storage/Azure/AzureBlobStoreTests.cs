using Azure.Storage.Blobs.Specialized;
using StepTool.Core.Chance;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Storage.Azure;

[Trait("Kind", "Storage")]
public sealed class AzureBlobStoreTests
{
    [AzuriteTheory]
    [MemberData(nameof(BlobStoreContract.Promises), MemberType = typeof(BlobStoreContract))]
    public async Task Contract(string promise)
    {
        await using var container = await TestContainer.CreateAsync();

        await BlobStoreContract.CheckAsync(promise, new AzureBlobStore(container.Container));
    }

    [AzuriteFact]
    public async Task PutAsync_Large_GoesUpInPartsAndComesBack()
    {
        await using var container = await TestContainer.CreateAsync();
        var store = new AzureBlobStore(container.Container);
        var content = Content((2 * AzureBlobStore.LargeFrom) + 12_345);

        var hash = await store.PutAsync(content, default);

        Assert.Equal(StableHash.Content(content), hash);
        Assert.Equal(content, (await store.GetAsync(hash, default)).ToArray());
        var parts = await container.Container.Client.GetBlockBlobClient(NameOf(hash)).GetBlockListAsync();
        Assert.Equal([AzureBlobStore.LargeFrom, AzureBlobStore.LargeFrom, 12_345], parts.Value.CommittedBlocks.Select(block => block.SizeLong));
    }

    [AzuriteFact]
    public async Task PutAsync_Stored_IsNotWrittenAgain()
    {
        await using var container = await TestContainer.CreateAsync();
        var store = new AzureBlobStore(container.Container);
        foreach (var content in new[] { BlobStoreContract.Small, Content(AzureBlobStore.LargeFrom) })
        {
            var hash = await store.PutAsync(content, default);
            var before = (await container.Blob(NameOf(hash)).GetPropertiesAsync()).Value.ETag;

            await store.PutAsync(content, default);

            Assert.Equal(before, (await container.Blob(NameOf(hash)).GetPropertiesAsync()).Value.ETag);
        }
    }

    [AzuriteFact]
    public async Task GetAsync_ChangedBlob_IsCorrupt()
    {
        await using var container = await TestContainer.CreateAsync();
        var store = new AzureBlobStore(container.Container);
        var hash = await store.PutAsync(BlobStoreContract.Small, default);
        await container.Blob(NameOf(hash)).UploadAsync(BinaryData.FromString("another one"), overwrite: true);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.GetAsync(hash, default));

        Assert.Contains($"Blob '{NameOf(hash)}' in {container.Container.Place} is corrupt: its 11 bytes", error.Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task PutAsync_ContainerRemovedMeanwhile_MakesItAgain()
    {
        await using var container = await TestContainer.CreateAsync();
        await container.Container.Client.DeleteAsync();

        var hash = await new AzureBlobStore(container.Container).PutAsync(BlobStoreContract.Small, default);

        Assert.Equal([NameOf(hash)], await container.NamesAsync());
    }

    private static string NameOf(string hash) => $"blobs/{hash[..2]}/{hash[2..]}";

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        for (var index = 0; index < length; index++)
        {
            content[index] = (byte)(index * 31);
        }

        return content;
    }
}
