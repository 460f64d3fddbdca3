using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StepTool.Silo.Storage;

/// <summary>
/// The container that holds grain state and blobs. Requests are repeated by the client's own policy, for less time than a grain call may take; what fails for
/// good becomes <see cref="StepTool.Core.Storage.StorageException"/> here.
/// </summary>
public sealed class AzureContainer
{
    private const int Retries = 3;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(20);

    /// <summary>Takes the container of an account; asks nothing of it yet.</summary>
    public AzureContainer(AzureStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new BlobClientOptions { Retry = { MaxRetries = Retries, NetworkTimeout = LongestRequest } };
        Service = options.ConnectionString.Length > 0
            ? new BlobServiceClient(options.ConnectionString, client)
            : new BlobServiceClient(new Uri(options.BlobServiceUri), new DefaultAzureCredential(), client);
        Client = Service.GetBlobContainerClient(options.Container);
    }

    /// <summary>The account.</summary>
    public BlobServiceClient Service { get; }

    /// <summary>The container.</summary>
    public BlobContainerClient Client { get; }

    /// <summary>Where it is; without any key that the address may carry.</summary>
    public string Place => $"container '{Client.Name}' at {Service.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}";

    /// <summary>Creates the container where it is missing.</summary>
    /// <exception cref="StepTool.Core.Storage.StorageException">It cannot be reached, or the credentials do not allow it.</exception>
    public Task CreateAsync(CancellationToken cancellationToken) =>
        SendAsync(() => CreateIfMissingAsync(cancellationToken), cancellationToken);

    /// <summary>A blob by its name.</summary>
    internal BlobClient Blob(string name) => Client.GetBlobClient(name);

    /// <summary>Sends a request. Where the container has been removed meanwhile, creates it and sends once more.</summary>
    internal async Task<T> SendAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken = default)
    {
        try
        {
            try
            {
                return await request();
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await CreateIfMissingAsync(cancellationToken);
                return await request();
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && AzureFault.Explain(Place, exception) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Reads a blob whole; null where there is none.</summary>
    internal Task<AzureContent?> ReadAsync(string name, CancellationToken cancellationToken = default) => SendAsync(
        async () =>
        {
            try
            {
                using var response = (await Blob(name).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
                var content = new byte[response.Details.ContentLength];
                await response.Content.ReadExactlyAsync(content, cancellationToken);
                return new AzureContent(content, response.Details.ETag.ToString());
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                return null;
            }
        },
        cancellationToken);

    // A look first: whoever may write blobs in a container need not be allowed to create it.
    private async Task<bool> CreateIfMissingAsync(CancellationToken cancellationToken) =>
        !await Client.ExistsAsync(cancellationToken) && await Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken) is not null;
}

/// <summary>A blob as it was read.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ETag">Its version.</param>
internal sealed record AzureContent(byte[] Content, string ETag);
