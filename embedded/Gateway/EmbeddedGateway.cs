using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Gateway;

/// <summary>Lets clients in other processes call the grains of this one over HTTP.</summary>
public static class EmbeddedGateway
{
    /// <summary>Answers grain calls at a path; the other side is <see cref="EmbeddedGatewayClient.AddEmbeddedClient"/>.</summary>
    /// <param name="endpoints">The application, whose services hold the engine.</param>
    /// <param name="pattern">The path; clients expect <c>/gateway</c>.</param>
    /// <param name="key">The key that callers must send in <c>X-Api-Key</c>; null for none, which is for loopback only.</param>
    /// <param name="retryAfter">When a call that failed by an exception may be made again; such a call is answered by 429 with Retry-After, any other by 500.</param>
    public static IEndpointConventionBuilder MapEmbeddedGateway(
        this IEndpointRouteBuilder endpoints, string pattern = "/gateway", string? key = null, Func<Exception, TimeSpan?>? retryAfter = null)
    {
        var gateway = new Exchange(
            endpoints.ServiceProvider.GetRequiredService<EmbeddedEngine>(),
            endpoints.ServiceProvider.GetRequiredService<EmbeddedWire>().Options,
            key is null ? null : Encoding.UTF8.GetBytes(key),
            retryAfter ?? (_ => null));
        return endpoints.MapPost(pattern, gateway.AnswerAsync);
    }

    private sealed class Exchange(EmbeddedEngine engine, JsonSerializerOptions options, byte[]? key, Func<Exception, TimeSpan?> retryAfter)
    {
        internal async Task AnswerAsync(HttpContext http)
        {
            if (key is not null && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers[WireNames.KeyHeader].ToString()), key))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            IWireMessage message;
            GrainReference grain;
            try
            {
                var request = await JsonSerializer.DeserializeAsync(http.Request.Body, WireJson.Default.WireRequest, http.RequestAborted)
                    ?? throw new JsonException("The body is null; it must be a call.");
                (grain, message) = Read(request);
            }
            catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
            {
                await FailAsync(http, StatusCodes.Status400BadRequest, exception);
                return;
            }
            catch (BadHttpRequestException exception)
            {
                var most = http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
                await FailAsync(http, exception.StatusCode, exception.StatusCode != StatusCodes.Status413PayloadTooLarge ? exception : new ArgumentException(
                    $"The call has {http.Request.ContentLength} bytes, and the silo takes at most {most} in one request. Send less at a time.", exception));
                return;
            }

            try
            {
                await (message is IWireCall call ? CallAsync(http, grain, call) : StreamAsync(http, grain, (IWireStream)message));
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // the caller has gone, and the grain knows
            }
        }

        private (GrainReference Grain, IWireMessage Message) Read(WireRequest request)
        {
            var proxy = engine.Proxies.Values.FirstOrDefault(proxy => proxy.Interface.FullName == request.Interface)
                ?? throw new ArgumentException($"The silo has no grain interface {request.Interface}. Both sides must be built from the same contracts.");
            var method = proxy.Methods.GetValueOrDefault(request.Method)
                ?? throw new ArgumentException($"{request.Interface} has no method {request.Method} on the silo. Both sides must be built from the same contracts.");
            var message = (IWireMessage)method.Create();
            message.Read(new(request.Arguments.GetEnumerator(), options));
            RequestContext.Clear();
            foreach (var (name, value) in request.Context ?? new Dictionary<string, string>())
            {
                RequestContext.Set(name, value);
            }

            return (proxy.Create(engine, GrainId.Create(engine.TypeOf(proxy.Interface, GrainType.Create(request.Grain)), request.Key)), message);
        }

        private async Task CallAsync(HttpContext http, GrainReference grain, IWireCall call)
        {
            engine.Send(grain, (Request)call, http.RequestAborted);
            var result = new ArrayBufferWriter<byte>();
            try
            {
                await call.Answer.WaitAsync(http.RequestAborted);
                await using var json = new Utf8JsonWriter(result, new JsonWriterOptions { Encoder = options.Encoder });
                call.WriteResult(new(json, options));
            }
            catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
            {
                var wait = retryAfter(exception);
                http.Response.Headers.RetryAfter = wait is { } span ? Math.Ceiling(span.TotalSeconds).ToString(CultureInfo.InvariantCulture) : default;
                await FailAsync(http, wait is null ? StatusCodes.Status500InternalServerError : StatusCodes.Status429TooManyRequests, exception);
                return;
            }

            http.Response.ContentType = WireNames.Json;
            http.Response.ContentLength = result.WrittenCount;
            await http.Response.BodyWriter.WriteAsync(result.WrittenMemory, http.RequestAborted);
        }

        private async Task StreamAsync(HttpContext http, GrainReference grain, IWireStream stream)
        {
            http.Response.ContentType = WireNames.Stream;
            await http.Response.StartAsync(http.RequestAborted);
            var items = new ItemWriter(http.Response.BodyWriter, options);
            try
            {
                await stream.RelayAsync(engine, grain, items, http.RequestAborted);
                await items.EndAsync(http.RequestAborted);
            }
            catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
            {
                await items.FailAsync(exception, http.RequestAborted);
            }
        }

        private static Task FailAsync(HttpContext http, int status, Exception exception)
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsJsonAsync(WireFault.Of(exception), WireJson.Default.WireFault, WireNames.Json, http.RequestAborted);
        }
    }
}
