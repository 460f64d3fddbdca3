using System.Net;
using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Client.Connections;

/// <summary>The blob store of a silo, over HTTP.</summary>
internal sealed class HttpBlobStore(HttpClient http) : IBlobStore
{
    /// <inheritdoc/>
    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = StableHash.Content(content.Span);
        if (await ExistsAsync(hash, cancellationToken))
        {
            return hash;
        }

        using var body = new ReadOnlyMemoryContent(content);
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Put, Path(hash)) { Content = body }, cancellationToken);
        return response.IsSuccessStatusCode
            ? hash
            : throw new StorageException($"The silo at {http.BaseAddress} took no blob of {content.Length} bytes: it answered {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, Path(hash)), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new StorageException($"Blob {hash} cannot be read from {http.BaseAddress}: it answered {(int)response.StatusCode}.");
        }

        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return StableHash.Content(content) == hash
            ? content
            : throw new StorageException($"Blob {hash} arrived from {http.BaseAddress} with other content. Try again.");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Head, Path(hash)), cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private static Uri Path(string hash) => new($"/api/blobs/{hash}", UriKind.Relative);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                return await http.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                throw new StorageException($"The silo at {http.BaseAddress} cannot be reached: {exception.Message}", exception);
            }
        }
    }
}
