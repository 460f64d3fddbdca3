using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// Blobs in the container, named <c>blobs/ab/cdef...</c> by their hash, as files are in a data directory. A large one goes up in parts, several at a time, and
/// appears when all are there.
/// </summary>
/// <param name="container">The container.</param>
public sealed class AzureBlobStore(AzureContainer container) : IBlobStore, IBlobEraser
{
    /// <summary>Bytes from which a blob goes up in parts, of this length each.</summary>
    public const int LargeFrom = 8 << 20;

    private const int PartsAtOnce = 4;

    /// <inheritdoc/>
    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = StableHash.Content(content.Span);
        if (content.Length < LargeFrom || !await ExistsAsync(hash, cancellationToken))
        {
            await container.SendAsync(() => UploadAsync(NameOf(hash), content, cancellationToken), cancellationToken);
        }

        return hash;
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        var blob = await container.ReadAsync(NameOf(hash), cancellationToken)
            ?? throw StorageException.OfDamage($"Nothing is stored under {hash} ('{NameOf(hash)}' is missing in {container.Place}). Put back a copy of the container.");
        return StableHash.Content(blob.Content) == hash
            ? blob.Content
            : throw StorageException.OfDamage($"Blob '{NameOf(hash)}' in {container.Place} is corrupt: its {blob.Content.Length} bytes do not have the hash of its name. Put back a copy, or delete it and store it again.");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        return await container.SendAsync(() => container.Blob(NameOf(hash)).ExistsAsync(cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask EraseAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        await container.SendAsync(() => container.Blob(NameOf(hash)).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);
    }

    private static string NameOf(string hash) => $"blobs/{hash[..2]}/{hash[2..]}";

    private async Task<bool> UploadAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var upload = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            TransferOptions = new StorageTransferOptions { InitialTransferSize = LargeFrom, MaximumTransferSize = LargeFrom, MaximumConcurrency = PartsAtOnce },
        };
        try
        {
            await container.Blob(name).UploadAsync(new BinaryData(content), upload, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return false; // the same content, by its name
        }
    }
}
