using System.Net;
using StepTool.Silo.Tools.Http;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>Lets only requests to allowed hosts pass, and of their responses no line that never ends.</summary>
internal sealed class McpHttpHandler(AllowedHosts hosts, int longestLine, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (hosts.Refusal(request.RequestUri!) is { } refusal)
        {
            throw new HttpRequestException(refusal);
        }

        var response = await PassAsync(request, cancellationToken);
        if (request.Method == HttpMethod.Post)
        {
            McpPost.Note(isRefused: response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound);
        }

        var bounded = new StreamContent(new BoundedLines(await response.Content.ReadAsStreamAsync(cancellationToken), longestLine));
        foreach (var (name, values) in response.Content.Headers)
        {
            bounded.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = bounded;
        return response;
    }

    private async Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception) when (request.Method == HttpMethod.Post && GuardedConnection.NeverCameAbout(exception))
        {
            McpPost.NoteUnsent();
            throw;
        }
    }
}
