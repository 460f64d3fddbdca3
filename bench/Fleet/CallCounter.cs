using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StepTool.Bench.Fleet;

/// <summary>The other end of <see cref="CountedCaller"/>: an HTTP server of this process that knows each call by its id, and how often it came.</summary>
internal sealed class CallCounter : IAsyncDisposable
{
    private const string Route = "/calls";
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
        await counter._app.StartAsync();
        return counter;
    }

    /// <summary>What is called for a call.</summary>
    internal static string Path(string id, bool mutates) => $"{Route}?id={Uri.EscapeDataString(id)}&mutates={(mutates ? "true" : "false")}";

    /// <summary>When calls came, in order, as timestamps of <see cref="Stopwatch"/>.</summary>
    internal long[] Arrivals()
    {
        lock (_arrivals)
        {
            return [.. _arrivals];
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

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
