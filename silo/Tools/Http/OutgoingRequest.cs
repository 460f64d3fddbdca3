using System.Collections.Immutable;
using System.Net.Http.Headers;

namespace StepTool.Silo.Tools.Http;

/// <summary>A request that is ready to be sent, and sent again where a redirect asks for it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Url">Where to.</param>
internal sealed record OutgoingRequest(HttpMethod Method, Uri Url)
{
    private static readonly ProductInfoHeaderValue Agent = new("StepTool", typeof(OutgoingRequest).Assembly.GetName().Version!.ToString(2));

    /// <summary>Headers from arguments, from the API's description, and with secrets; none of them goes to another host.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public Func<HttpContent>? Body { get; init; }

    public HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(Method, Url) { Content = Body?.Invoke() };
        message.Headers.UserAgent.Add(Agent);
        message.Headers.TryAddWithoutValidation("Accept", "application/json, text/*;q=0.9, */*;q=0.5");
        foreach (var (name, value) in Headers)
        {
            if (message.Headers.Contains(name))
            {
                message.Headers.Remove(name); // an API's own Accept or User-Agent
            }

            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }
}
