using System.Net;
using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Client.Connections;

/// <summary>The blob store of a cluster, by the HTTP of whichever silo answers.</summary>
internal sealed class HttpBlobStore(ClusterHttp http) : IBlobStore
{
    /// <inheritdoc/>
    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = StableHash.Content(content.Span);
        if (await ExistsAsync(hash, cancellationToken))
        {
            return hash;
        }

        using var response = await http.SendAsync(HttpMethod.Put, Path(hash), content, cancellationToken);
        return response.IsSuccessStatusCode
            ? hash
            : throw new StorageException($"The silo at {http.Current} took no blob of {content.Length} bytes: it answered {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(HttpMethod.Get, Path(hash), null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new StorageException($"Blob {hash} cannot be read from {http.Current}: it answered {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return StableHash.Content(content) == hash
            ? content
            : throw new StorageException($"Blob {hash} arrived from {http.Current} with other content. Try again.");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(HttpMethod.Head, Path(hash), null, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            var status => throw new StorageException($"Whether {http.Current} has blob {hash} cannot be told: it answered {(int)status}."),
        };
    }

    private static string Path(string hash) => $"/api/blobs/{hash}";
}
