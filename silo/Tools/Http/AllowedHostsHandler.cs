namespace StepTool.Silo.Tools.Http;

/// <summary>Lets only requests to allowed hosts pass.</summary>
internal sealed class AllowedHostsHandler(AllowedHosts hosts, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        hosts.Refusal(request.RequestUri!) is { } refusal ? throw new HttpRequestException(refusal) : base.SendAsync(request, cancellationToken);
}
