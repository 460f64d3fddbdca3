using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Models;
using StepTool.Core.Storage;
using StepTool.Grains.Doctor;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Doctor;

/// <summary>A container of a storage account, looked at.</summary>
internal sealed class ContainerContent(AzureStorageOptions options) : IStoredContent
{
    private const string Blobs = "blobs/";
    private const string Owner = "owner";
    private readonly AzureContainer _container = new(options);

    /// <inheritdoc/>
    public string Place => _container.Place;

    /// <summary>Refuses a container that is not there, or that a process of the embedded engine owns.</summary>
    /// <exception cref="StorageException">It is one of these, or cannot be reached.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => SendAsync(
        async () =>
        {
            if (!await _container.Client.ExistsAsync(cancellationToken))
            {
                throw new StorageException($"There is no {Place}. Give its name in StepTool__Azure__Container.");
            }

            var owner = _container.Blob(Owner);
            if (await owner.ExistsAsync(cancellationToken) && (await owner.GetPropertiesAsync(cancellationToken: cancellationToken)).Value is { LeaseState: LeaseState.Leased } held)
            {
                throw new StorageException($"The {Place} is in use by process {held.Metadata["process"]} on {Uri.UnescapeDataString(held.Metadata["machine"])}. Let it stop first; a killed process gives way within 30 seconds, when its lease ends.");
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRecord> RecordsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in ListAsync(cancellationToken))
        {
            if (blob.Name.StartsWith(Blobs, StringComparison.Ordinal) || blob.Name == Owner || await _container.ReadAsync(blob.Name, cancellationToken) is not { Content.Length: > 0 } content)
            {
                continue; // a cleared record may be kept empty
            }

            var kind = StateKinds.Grains.FirstOrDefault(kind => blob.Name.StartsWith(Prefix(kind), StringComparison.Ordinal) && blob.Name.EndsWith(".json", StringComparison.Ordinal));
            yield return kind.Key is null
                ? new StoredRecord("", blob.Name, new BinaryData(content.Content))
                : new StoredRecord(kind.Key, blob.Name[Prefix(kind).Length..^".json".Length], new BinaryData(content.Content));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredBlob> BlobsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in ListAsync(cancellationToken))
        {
            var name = blob.Name.StartsWith(Blobs, StringComparison.Ordinal) ? blob.Name[Blobs.Length..].Replace("/", "", StringComparison.Ordinal) : "";
            if (ContentHash.IsOne(name))
            {
                yield return new StoredBlob(name, blob.Properties.ContentLength ?? 0);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(string hash, CancellationToken cancellationToken) => new AzureBlobStore(_container).GetAsync(hash, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Prefix(KeyValuePair<string, string> kind) => $"{kind.Key}-{kind.Value}/";

    private async IAsyncEnumerable<BlobItem> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = _container.Client.GetBlobsAsync(cancellationToken: cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (await SendAsync(async () => await pages.MoveNextAsync(), cancellationToken))
        {
            foreach (var blob in pages.Current.Values)
            {
                yield return blob;
            }
        }
    }

    // Not the container's own way to send, which would create a container that is missing.
    private async Task<T> SendAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (Exception exception) when (exception is not StorageException && !cancellationToken.IsCancellationRequested && AzureFault.Explain(Place, exception) is { } fault)
        {
            throw fault;
        }
    }
}
