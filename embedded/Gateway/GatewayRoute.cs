using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Orleans.Runtime;
using StepTool.Embedded.Activations;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Emission;

namespace StepTool.Embedded.Gateway;

/// <summary>Calls of a client, through the gateway of a silo in another process.</summary>
internal sealed class GatewayRoute : Route, IDisposable
{
    /// <summary>What the silo's own time-out is given to arrive first, with its better message.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>A body of more bytes is sent once the silo has said that it takes it.</summary>
    private const int LongBody = 1 << 20;

    private readonly HttpClient _http;
    private readonly Uri _gateway;
    private readonly JsonSerializerOptions _options;
    private readonly TimeSpan _responseTimeout;
    private readonly Func<Exception, TimeSpan, CancellationToken, Task>? _whenLost;

    internal GatewayRoute(Uri silo, JsonSerializerOptions options, string? key, TimeSpan responseTimeout, Func<Exception, TimeSpan, CancellationToken, Task>? whenLost = null)
    {
        _gateway = new Uri(silo.AbsoluteUri.EndsWith('/') ? silo : new Uri(silo.AbsoluteUri + "/"), "gateway");
        _options = options;
        _responseTimeout = responseTimeout;
        _whenLost = whenLost;
        _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add(WireNames.KeyHeader, key);
        }
    }

    internal JsonSerializerOptions Options => _options;

    public void Dispose() => _http.Dispose();

    internal override void Send(GrainReference to, Request call, CancellationToken cancellationToken) => _ = SendAsync(to, call, (IWireCall)call, cancellationToken);

    internal override IAsyncEnumerable<T> Stream<T>(GrainReference to, StreamCall<T> call, CancellationToken cancellationToken) =>
        new GatewayStream<T>(this, to, call, cancellationToken);

    internal override GrainType TypeOf(Type grainInterface, string? classNamePrefix) => classNamePrefix is null
        ? GrainType.Create(GrainClass.DefaultName(grainInterface.Name[1..]))
        : throw new ArgumentException($"A grain class is chosen in the silo, not through its gateway; grainClassNamePrefix is '{classNamePrefix}' and must be null here.", nameof(classNamePrefix));

    internal override GrainReference Refer(Type grainInterface, GrainId id) => ProxyType.Of(grainInterface).Create(this, id);

    /// <summary>Posts a call; gives the response once its head is there and says success.</summary>
    internal async Task<HttpResponseMessage> PostAsync(GrainReference to, IWireMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _gateway) { Content = ContentOf(to, message) };
        request.Headers.ExpectContinue = request.Content.Headers.ContentLength > LongBody;
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new SiloUnavailableException($"No silo answers at {_gateway}: {exception.Message} Start a silo there, or give the URL of one that runs.", exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await FailureAsync(response, cancellationToken);
        }
    }

    /// <summary>What a connection that breaks off in mid-answer means.</summary>
    internal SiloUnavailableException Broken(Exception exception) =>
        new($"The silo at {_gateway} went away before its answer was complete: {exception.Message} The call may have run; call again under the same id.", exception);

    private async Task SendAsync(GrainReference to, Request call, IWireCall wire, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var patience = wire.Method.TakesToken ? cancellationToken : default;
        while (await TryAsync(to, call, wire, cancellationToken).ConfigureAwait(false) is { } fault)
        {
            try
            {
                await (fault is SiloUnavailableException && _whenLost is not null ? _whenLost(fault, Stopwatch.GetElapsedTime(began), patience) : Task.FromException(fault)).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                call.Fail(exception);
                return;
            }
        }
    }

    // Null where the call was answered.
    private async Task<Exception?> TryAsync(GrainReference to, Request call, IWireCall wire, CancellationToken cancellationToken)
    {
        var limit = (wire.Method.Timeout ?? _responseTimeout) + Grace;
        using var timeout = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, wire.Method.TakesToken ? cancellationToken : default);
        try
        {
            using var response = await PostAsync(to, wire, either.Token).ConfigureAwait(false);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            using var json = await JsonDocument.ParseAsync(body, default, either.Token).ConfigureAwait(false);
            wire.ReadResult(new(new List<JsonElement> { json.RootElement }.GetEnumerator(), _options));
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !timeout.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new TimeoutException($"{call.Name} on {to.GrainId} was not answered within {limit} by the silo at {_gateway}.");
        }
        catch (Exception exception)
        {
            return exception is IOException or HttpRequestException ? Broken(exception) : exception;
        }
    }

    private ByteArrayContent ContentOf(GrainReference to, IWireMessage message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = _options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("interface", message.Method.Interface.FullName);
            json.WriteString("method", message.Method.Signature);
            json.WriteString("grain", to.GrainId.Type.ToString());
            json.WriteString("key", to.GrainId.Key.ToString());
            json.WriteStartObject("context");
            foreach (var (name, value) in RequestContext.Current?.Where(one => one.Value is string) ?? [])
            {
                json.WriteString(name, (string)value);
            }

            json.WriteEndObject();
            json.WriteStartArray("arguments");
            message.Write(new(json, _options));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(WireNames.Json) } };
    }

    private async Task<Exception> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new UnauthorizedAccessException($"The silo at {_gateway} refused the key. Give the key that the silo was started with.");
        }

        if (response.Content.Headers.ContentType?.MediaType != WireNames.Json)
        {
            return new SiloUnavailableException(
                $"What answers at {_gateway} is no gateway of an embedded silo (status {(int)response.StatusCode}). Give the URL of a silo that runs the embedded engine.");
        }

        var fault = await response.Content.ReadFromJsonAsync(WireJson.Default.WireFault, cancellationToken);
        return fault!.ToException();
    }
}
