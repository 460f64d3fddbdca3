using Azure;
using Azure.Storage.Blobs.Models;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// Grain state in a container: a blob a record, its ETag the version, writes conditional on it. Names, bytes and outcomes are those of Orleans' own provider,
/// so that either reads what the other wrote.
/// </summary>
/// <param name="container">The container.</param>
/// <param name="serializer">Turns states into bytes.</param>
public sealed class AzureGrainStorage(AzureContainer container, IGrainStorageSerializer serializer) : IGrainStorage
{
    private const string ContentType = "application/octet-stream";
    private const string NotTold = "Unknown"; // the service does not say which version it has

    /// <inheritdoc/>
    /// <exception cref="StorageException">The container failed, or the record cannot be read.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = AzureStateName.Of(stateName, grainId);
        var record = await container.ReadAsync(name);
        try
        {
            // Orleans' provider can be told to empty a cleared record instead of deleting it.
            grainState.RecordExists = record is { Content.Length: > 0 };
            grainState.State = grainState.RecordExists ? serializer.Deserialize<T>(new BinaryData(record!.Content)) : default;
        }
        catch (StorageException exception)
        {
            throw new StorageException($"State '{stateName}' of {grainId} ('{name}' in {container.Place}): {exception.Message}", exception);
        }

        grainState.ETag = record?.ETag;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The container failed; whether the record was written is known at the next read.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = AzureStateName.Of(stateName, grainId);
        var content = serializer.Serialize(grainState.State);
        var upload = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = ContentType },
            Conditions = grainState.ETag is { Length: > 0 } read ? new() { IfMatch = new ETag(read) } : new() { IfNoneMatch = ETag.All },
        };
        var written = await SendAsync(name, grainState.ETag, () => container.Blob(name).UploadAsync(content, upload));
        grainState.ETag = written.Value.ETag.ToString();
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The container failed; whether the record was deleted is known at the next read.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = AzureStateName.Of(stateName, grainId);
        var blob = container.Blob(name);
        if (grainState.ETag is { Length: > 0 } read)
        {
            await SendAsync(name, read, () => blob.DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = new ETag(read) }));
        }
        else if (await container.SendAsync(() => blob.ExistsAsync()))
        {
            throw Lost(name, read: null);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private Task<TAnswer> SendAsync<TAnswer>(string name, string? read, Func<Task<TAnswer>> request) => container.SendAsync(async () =>
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412 || (exception.Status == 404 && exception.ErrorCode != BlobErrorCode.ContainerNotFound))
        {
            throw Lost(name, read, exception);
        }
    });

    private InconsistentStateException Lost(string name, string? read, RequestFailedException? cause = null) =>
        new($"'{name}' in {container.Place} changed since it was read.", NotTold, read, cause);
}
