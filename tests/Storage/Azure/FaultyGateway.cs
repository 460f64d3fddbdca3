using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using StepTool.Silo.Storage;

namespace StepTool.Tests.Storage.Azure;

/// <summary>Stands before Azurite and passes everything on, but answers one write in so many with 500: every other time before it is stored, every other time after.</summary>
internal sealed class FaultyGateway : IAsyncDisposable
{
    private static readonly string[] Hops = ["Host", "Connection", "Transfer-Encoding", "Keep-Alive"];
    private readonly HttpClient _azurite = new(new SocketsHttpHandler { UseProxy = false });
    private readonly WebApplication _app;
    private readonly string _endpoint;
    private readonly string _connectionString;
    private readonly int _failEvery;
    private int _writes;

    private FaultyGateway(string connectionString, int failEvery)
    {
        (_connectionString, _failEvery) = (connectionString, failEvery);
        _endpoint = new Uri(connectionString.Split("BlobEndpoint=")[1].Split(';')[0]).GetLeftPart(UriPartial.Authority);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(PassAsync);
    }

    /// <summary>Writes that it has failed.</summary>
    public int Failures => _writes / _failEvery;

    public static async Task<FaultyGateway> StartAsync(string connectionString, int failEvery)
    {
        var gateway = new FaultyGateway(connectionString, failEvery);
        await gateway._app.StartAsync();
        return gateway;
    }

    /// <summary>A container as it is reached through here.</summary>
    public AzureStorageOptions Of(string container) => new() { ConnectionString = _connectionString.Replace(_endpoint, _app.Urls.First(), StringComparison.Ordinal), Container = container };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _azurite.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var write = http.Request.Method == "PUT" ? Interlocked.Increment(ref _writes) : 1;
        var fails = write % _failEvery == 0;
        var isStored = !fails || write / _failEvery % 2 == 0;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        if (isStored)
        {
            // The signature covers the target as it was written.
            var target = new Uri(_endpoint + http.Features.Get<IHttpRequestFeature>()!.RawTarget, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target) { Content = new ByteArrayContent(body.ToArray()) };
            foreach (var (name, value) in http.Request.Headers.Where(header => !Hops.Contains(header.Key)))
            {
                _ = request.Headers.TryAddWithoutValidation(name, value.ToArray()) || request.Content.Headers.TryAddWithoutValidation(name, value.ToArray());
            }

            using var answer = await _azurite.SendAsync(request, http.RequestAborted);
            if (!fails)
            {
                http.Response.StatusCode = (int)answer.StatusCode;
                foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers).Where(header => !Hops.Contains(header.Key)))
                {
                    http.Response.Headers[name] = value.ToArray();
                }

                await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
                return;
            }
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.Headers["x-ms-error-code"] = "InternalError";
    }
}
