using Microsoft.AspNetCore.WebUtilities;
using Orleans.Runtime;
using StepTool.Core.Storage;

namespace StepTool.Silo.Api;

/// <summary>What the silo's HTTP answers where it cannot do what it was asked: a status and one line of text, which says why.</summary>
internal static partial class ApiFaults
{
    private const int RetryAfterSeconds = 1;

    /// <summary>A refusal in words.</summary>
    public static IResult Refusal(int status, string text) => Results.Text(text, statusCode: status);

    /// <summary>
    /// Gives words to answers that have none, such as of a path that is not there, and answers a request that failed: 503 with Retry-After where storage or a grain did not do its part and may the next time, else 500, damaged records among them.
    /// </summary>
    public static IApplicationBuilder UseApiFaults(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiFaults));
        return app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (IsBare(context.Response))
                {
                    await Refusal(context.Response.StatusCode, Words(context)).ExecuteAsync(context);
                }
            }
            catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                LogFailed(logger, exception, context.Request.Method, context.Request.Path);
                var passes = exception is StorageException or OrleansException or TimeoutException or OperationCanceledException && !StorageException.IsDamage(exception);
                context.Response.Clear();
                if (passes)
                {
                    context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
                }

                await Refusal(passes ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError, exception.Message).ExecuteAsync(context);
            }
        });
    }

    private static bool IsBare(HttpResponse response) =>
        !response.HasStarted && response is { StatusCode: >= StatusCodes.Status400BadRequest, ContentType: null, ContentLength: null or 0 };

    private static string Words(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {request.Path}; a silo answers /health, /alive, /api/cluster, /api/scale, /api/runs, /api/runs/ID, /api/policies/NAME, /api/blobs/HASH and /virtual.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Path} takes {response.Headers.Allow}, not {request.Method}.",
            var status => $"{request.Method} {request.Path} was refused: {ReasonPhrases.GetReasonPhrase(status)}.",
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);
}
