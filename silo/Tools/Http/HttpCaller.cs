using System.Net;
using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Silo.Tools.Http;

/// <summary>Calls APIs by HTTP.</summary>
internal sealed class HttpCaller(LiveOptions options, GuardedConnection connections, TimeProvider time) : IDisposable
{
    private const int MostRedirects = 5;
    private readonly AllowedHosts _hosts = new(options);
    private readonly HttpClient _pooled = Client(connections.CreateHandler(isPooled: true));
    private readonly HttpClient _single = Client(connections.CreateHandler(isPooled: false));

    /// <summary>Scheme, host and port; null where the API's URL is none.</summary>
    public static string? HostOf(HttpBinding binding) => Uri.TryCreate(binding.Server, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? AllowedHosts.Origin(url) : null;

    public async ValueTask<Attempt> CallAsync(ApiDefinition api, HttpBinding binding, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (HostOf(binding) is null)
        {
            return new Lost($"{api.Documentation.Key} is at '{binding.Server}'; it must be an absolute http or https URL. Import it again with --server URL.") { NeverSent = true };
        }

        if (Identification.Find(binding, options, out var refusal) is not { } proofs)
        {
            return new Lost($"{api.Documentation.Key} cannot be called: {refusal}") { NeverSent = true };
        }

        try
        {
            return await FollowAsync(RequestWriter.Write(binding, arguments, proofs), api.Documentation.Mutates, cancellationToken);
        }
        catch (ArgumentRefusedException exception)
        {
            return new Refused(exception.Message);
        }
        catch (UriFormatException exception)
        {
            return new Refused($"The arguments make no URL: {exception.Message}");
        }
    }

    public void Dispose()
    {
        _pooled.Dispose();
        _single.Dispose();
    }

    private static HttpClient Client(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the caller's time-out counts

    private async ValueTask<Attempt> FollowAsync(OutgoingRequest request, bool mutates, CancellationToken cancellationToken)
    {
        for (var hops = 0; ; hops++)
        {
            if (_hosts.Refusal(request.Url) is { } refusal)
            {
                return hops > 0 && mutates ? Elsewhere(refusal) : new Lost(refusal) { NeverSent = hops == 0 };
            }

            try
            {
                using var message = request.Message();
                using var response = await (mutates ? _single : _pooled).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (Redirects.Target(response, request.Url) is not { } target)
                {
                    return await ResponseReader.ReadAsync(response, options.MaxResponseBytes, mutates, time.GetUtcNow(), cancellationToken);
                }

                if (hops == MostRedirects || Redirects.Next(request, response.StatusCode, target, mutates && hops == 0) is not { } next)
                {
                    return new Answered(ToolStatus.RequestError, Redirects.Refusal(response, target, hops == MostRedirects ? MostRedirects : null), "") { HttpStatus = (int)response.StatusCode };
                }

                request = next;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
            {
                var failure = Failure(exception, request.Url);
                return hops == 0 ? failure : mutates ? Elsewhere(failure.Message) : failure with { NeverSent = false };
            }
        }
    }

    // A mutating call that was answered with a redirect has been carried out; only its result is elsewhere.
    private static Answered Elsewhere(string reason) =>
        Answered.Ok($"The call was carried out; its result is elsewhere and could not be read. {reason}") with { HttpStatus = (int)HttpStatusCode.SeeOther };

    private static Lost Failure(Exception exception, Uri url)
    {
        var place = AllowedHosts.Origin(url);
        return exception switch
        {
            { InnerException: AddressRefusedException refused } => new Lost(refused.Message) { NeverSent = true },
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new Lost($"The name of {place} cannot be resolved: {exception.Message}") { NeverSent = true, IsTransient = true },
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new Lost($"No secure connection to {place}: {(exception.InnerException ?? exception).Message}") { NeverSent = true },
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new Lost($"No connection to {place}: {exception.Message}") { NeverSent = true, IsTransient = true },
            InvalidDataException => new Lost($"The response of {place} is compressed and damaged: {exception.Message}") { IsTransient = true },
            _ => new Lost($"The connection to {place} broke: {exception.Message}") { IsTransient = true },
        };
    }
}
