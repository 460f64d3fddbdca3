using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StepTool.Tests.Silo.Tools;

/// <summary>A real HTTP server on loopback that does what servers should not.</summary>
internal sealed class UnrulyServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private UnrulyServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public int Port => new Uri(Url).Port;

    /// <summary>Requests in the order they came: method, path with query, and body.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>Set when a request was given up by its caller.</summary>
    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Released once for each request to <c>/held</c>.</summary>
    public SemaphoreSlim Held { get; } = new(0);

    /// <summary>Lets requests to <c>/held</c> be answered.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where <c>/elsewhere</c> leads.</summary>
    public string Elsewhere { get; set; } = "";

    public static async Task<UnrulyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new UnrulyServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        using var reader = new StreamReader(request.Body);
        Seen.Enqueue(new SeenRequest(
            request.Method, request.Path.Value + request.QueryString.Value, context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget, await reader.ReadToEndAsync(), request.ContentType ?? "", context.Connection.Id,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        switch (request.Path.Value!.Split('/')[1])
        {
            case "ok":
                await WriteAsync(response, "application/json", """{"ok": true}""");
                break;
            case "status":
                response.StatusCode = int.Parse(request.Path.Value.Split('/')[2], System.Globalization.CultureInfo.InvariantCulture);
                response.Headers.RetryAfter = request.Query["after"];
                await WriteAsync(response, "application/json", """{"message": "as asked"}""");
                break;
            case "hang":
                context.RequestAborted.Register(Aborted.SetResult);
                await Aborted.Task;
                break;
            case "held":
                Held.Release();
                await Release.Task.WaitAsync(context.RequestAborted);
                await WriteAsync(response, "application/json", """{"ok": true}""");
                break;
            case "drip":
                context.RequestAborted.Register(() => Aborted.TrySetResult());
                response.ContentType = "text/plain";
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.WriteAsync("drop ");
                    await response.Body.FlushAsync();
                    await Task.WhenAny(Aborted.Task, Task.Delay(20));
                }

                break;
            case "reset":
                context.Abort();
                break;
            case "break":
                response.ContentLength = 1000;
                await response.WriteAsync("the beginning");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "long":
                response.ContentType = "text/plain";
                var block = Encoding.ASCII.GetBytes(new string('x', 1 << 16));
                for (var sent = 0; sent < 30 << 20 && !context.RequestAborted.IsCancellationRequested; sent += block.Length)
                {
                    await response.Body.WriteAsync(block);
                }

                break;
            case "bomb":
                response.ContentType = "application/json";
                response.Headers.ContentEncoding = "gzip";
                await response.Body.WriteAsync(Bomb());
                break;
            case "damaged":
                response.Headers.ContentEncoding = "gzip";
                await response.Body.WriteAsync(Bomb().AsMemory(0, 10));
                await response.WriteAsync("not compressed at all, whatever the header says");
                break;
            case "type":
                await WriteAsync(response, request.Query["as"]!, Encoding.GetEncoding(request.Query["in"]!).GetBytes(request.Query["text"]!));
                break;
            case "bytes":
                await WriteAsync(response, request.Query["as"]!, Convert.FromHexString(request.Query["hex"]!));
                break;
            case "loop":
                Redirect(response, 302, $"/loop/{Seen.Count}");
                break;
            case "redirect":
                Redirect(response, int.Parse(request.Path.Value.Split('/')[2], System.Globalization.CultureInfo.InvariantCulture), "/ok");
                break;
            case "elsewhere":
                Redirect(response, 302, Elsewhere);
                break;
            case "see":
                Redirect(response, 303, Elsewhere);
                break;
            case "echo":
                await WriteAsync(response, "text/plain", string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}")) + "\n" + request.QueryString.Value + "\n" + Uri.UnescapeDataString(request.QueryString.Value ?? ""));
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    private static void Redirect(HttpResponse response, int status, string to)
    {
        response.StatusCode = status;
        response.Headers.Location = to;
    }

    private static Task WriteAsync(HttpResponse response, string type, string text) => WriteAsync(response, type, Encoding.UTF8.GetBytes(text));

    private static async Task WriteAsync(HttpResponse response, string type, byte[] bytes)
    {
        response.ContentType = type;
        await response.Body.WriteAsync(bytes);
    }

    // 64 MB of spaces.
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)' ');
            for (var count = 0; count < 64; count++)
            {
                gzip.Write(block);
            }
        }

        return packed.ToArray();
    }
}

/// <summary>A request as it came in.</summary>
internal sealed record SeenRequest(string Method, string Target, string RawTarget, string Body, string ContentType, string Connection, Dictionary<string, string> Headers);
