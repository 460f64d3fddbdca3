using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using StepTool.Client.CommandLine;
using StepTool.Core.Storage;
using StepTool.Silo.Cluster;
using StepTool.Silo.Security;

namespace StepTool.Client.Connections;

/// <summary>HTTP to a cluster: to the silo whose URL was given and, when that one answers no more, to the others that the cluster named.</summary>
internal sealed class ClusterHttp : IDisposable
{
    private const int SlowestLine = 8 << 10; // bytes a second
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(100);
    private readonly HttpClient _http;
    private readonly Terminal _terminal;
    private readonly TimeSpan _patience;
    private ImmutableArray<Uri> _urls;

    /// <summary>Knows one silo so far; patience is what a try may take beside the time of its bytes, 100 seconds if not given.</summary>
    public ClusterHttp(Uri silo, string apiKey, Terminal terminal, TimeSpan? patience = null)
    {
        (Given, ApiKey, _terminal, _patience, _urls) = (silo, apiKey, terminal, patience ?? DefaultPatience, [silo]);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        if (apiKey.Length > 0)
        {
            _http.DefaultRequestHeaders.Add(ApiKeyGate.Header, apiKey);
        }
    }

    /// <summary>The URL that the user gave.</summary>
    public Uri Given { get; }

    /// <summary>The silos' key; empty for none.</summary>
    public string ApiKey { get; }

    /// <summary>Where requests may go, the silo that answered last first.</summary>
    public IReadOnlyList<Uri> Known => _urls;

    /// <summary>The silo that answered last.</summary>
    public Uri Current => _urls[0];

    /// <summary>Asks the given silo alone, once: for the first look at a cluster.</summary>
    public async Task<HttpResponseMessage> AskAsync(string path, CancellationToken cancellationToken) =>
        await _http.GetAsync(new Uri(Given, path), cancellationToken);

    /// <summary>Asks for the cluster's silos, and knows them from then on.</summary>
    /// <exception cref="StorageException">No silo answers.</exception>
    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/cluster", default, cancellationToken);
        response.EnsureSuccessStatusCode();
        var cluster = (await response.Content.ReadFromJsonAsync(ClusterJson.Default.ClusterDescription, cancellationToken))!;
        Learn(cluster);
        return cluster;
    }

    /// <summary>Takes a cluster's other silos as places to go on at; never from https to http, since each request carries the key.</summary>
    public void Learn(ClusterDescription cluster)
    {
        var named = cluster.Silos.Select(silo => Uri.TryCreate(silo.Url, UriKind.Absolute, out var url) ? url : null).OfType<Uri>().Where(url => url.Scheme == Given.Scheme);
        ImmutableInterlocked.Update(ref _urls, urls => [.. urls.Take(1).Append(Given).Concat(named).Distinct()]);
    }

    /// <summary>Sends a request to the silo that answered last; then round all known ones, until one answers.</summary>
    /// <exception cref="StorageException">None has.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LostCalls.Patience);
        while (true)
        {
            var reason = "";
            foreach (var url in _urls)
            {
                try
                {
                    using var request = new HttpRequestMessage(method, new Uri(url, path)) { Content = body is { } content ? new ReadOnlyMemoryContent(content) : null };
                    var response = await TryAsync(request, cancellationToken);
                    if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout))
                    {
                        Prefer(url);
                        return response;
                    }

                    reason = $"it answered {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}";
                    response.Dispose();
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException)
                {
                    reason = exception.Message;
                }
            }

            try
            {
                await Task.Delay(BetweenRounds, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StorageException($"No silo can be reached for {LostCalls.Patience.TotalSeconds:0} seconds at {string.Join(", ", _urls)}: {reason}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // With its content, whose time is that of its bytes on a slow line.
    private async Task<HttpResponseMessage> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var limit = Limit(request.Content?.Headers.ContentLength);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            patience.CancelAfter(limit = Limit(response.Content.Headers.ContentLength));
            await response.Content.LoadIntoBufferAsync(patience.Token);
            return response;
        }
        catch (Exception exception)
        {
            response?.Dispose();
            throw exception is OperationCanceledException && !cancellationToken.IsCancellationRequested
                ? new TimeoutException($"it has not answered within {limit.TotalSeconds:0} seconds.", exception)
                : exception;
        }
    }

    private TimeSpan Limit(long? bytes) => _patience + TimeSpan.FromSeconds((bytes ?? 0) / SlowestLine);

    private void Prefer(Uri url)
    {
        var before = Current;
        if (url != before)
        {
            ImmutableInterlocked.Update(ref _urls, urls => [url, .. urls.Remove(url)]);
            _terminal.Complain($"The silo at {before} does not answer any more; going on with {url}");
        }
    }
}
