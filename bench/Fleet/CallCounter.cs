using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StepTool.Bench.Fleet;

/// <summary>
/// An HTTP server of this process that knows each call and how often it came: by its id those of <see cref="CountedCaller"/>, and by what they are about those
/// of the shop whose OpenAPI document <see cref="Document"/> is.
/// </summary>
internal sealed class CallCounter : IAsyncDisposable
{
    /// <summary>The operation of the shop that changes nothing.</summary>
    internal const string Find = "find";

    private const string Route = "/calls";
    private static readonly string[] Operations = [Find, "order", "pay"];
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Seen> _calls = new(StringComparer.Ordinal);
    private readonly List<long> _arrivals = [];

    private CallCounter(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    internal string Url => _app.Urls.First();

    /// <summary>Calls by their ids.</summary>
    internal IReadOnlyDictionary<string, Seen> Calls => _calls;

    /// <summary>Starts it; each call takes so long.</summary>
    internal static async Task<CallCounter> StartAsync(TimeSpan latency)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var counter = new CallCounter(builder.Build());
        counter._app.Urls.Add("http://127.0.0.1:0");
        counter._app.MapPost(Route, async (string id, bool mutates) =>
        {
            counter.Count(id, mutates);
            await Task.Delay(latency);
            return Results.Ok();
        });
        foreach (var operation in Operations)
        {
            var mutates = operation != Find;
            counter._app.MapMethods($"/{operation}", [mutates ? "POST" : "GET"], async (long item) =>
            {
                counter.Count(Key(operation, item), mutates);
                await Task.Delay(latency);
                return Results.Json(new { item, done = operation });
            });
        }

        await counter._app.StartAsync();
        return counter;
    }

    /// <summary>What is called for a call.</summary>
    internal static string Path(string id, bool mutates) => $"{Route}?id={Uri.EscapeDataString(id)}&mutates={(mutates ? "true" : "false")}";

    /// <summary>By what a call of the shop is known.</summary>
    internal static string Key(string operation, long item) => string.Create(CultureInfo.InvariantCulture, $"{operation}:{item}");

    /// <summary>The shop as an OpenAPI document: an item is found, ordered and paid.</summary>
    internal string Document() => $$"""
        openapi: 3.0.3
        info: { title: Shop, version: "1" }
        servers: [{ url: "{{Url}}" }]
        paths:
        {{string.Join('\n', Operations.Select(Describe))}}
        """;

    /// <summary>When calls came, in order, as timestamps of <see cref="Stopwatch"/>.</summary>
    internal long[] Arrivals()
    {
        lock (_arrivals)
        {
            return [.. _arrivals];
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Describe(string operation) => $$"""
          /{{operation}}:
            {{(operation == Find ? "get" : "post")}}:
              operationId: {{operation}}
              summary: {{operation}} an item
              parameters: [{ name: item, in: query, required: true, schema: { type: integer } }]
              responses: { "200": { description: Done } }
        """;

    private void Count(string id, bool mutates)
    {
        lock (_arrivals)
        {
            _arrivals.Add(Stopwatch.GetTimestamp());
        }

        _calls.AddOrUpdate(id, _ => new Seen(1, mutates), (_, seen) => seen with { Times = seen.Times + 1 });
    }

    /// <summary>How a call was seen.</summary>
    internal sealed record Seen(int Times, bool Mutates);
}
