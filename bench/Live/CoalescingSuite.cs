using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Tools;
using StepTool.Silo.Hosting;

namespace StepTool.Bench.Live;

/// <summary>64 callers ask the same at once: real calls that come of it; and what answers of the silo's memory cost afterwards.</summary>
internal static class CoalescingSuite
{
    private const int Callers = 64;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var rounds = options.Number("rounds", 20);
        var live = new LiveBench(1, Latency);
        await using var silo = await BenchSilo.StartAsync(live, live, StorageKind.Sqlite, 1, services => services.AddSingleton<ILiveCaller>(live));
        var client = silo.Services.GetRequiredService<ToolClient>();
        var upstream = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var before = live.Calls;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => AskAsync(client, silo.Client, round, caller))));
            upstream[round] = live.Calls - before;
        }

        var asked = 0L;
        var started = Stopwatch.GetTimestamp();
        for (; Stopwatch.GetElapsedTime(started) < Duration; asked++)
        {
            await AskAsync(client, silo.Client, 0, 0);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Measured(
            [
                Figure.Of($"real calls of {Callers} equal callers", upstream, "= 1"),
                new("answers per second from the silo's memory, one caller", asked / seconds),
            ],
            Violations: Array.TrueForAll(upstream, calls => calls == 1) ? [] : [$"{Callers} equal callers came to {upstream.Max()} real calls."]);
    }

    private static async Task AskAsync(ToolClient client, IGrainFactory grains, int round, int caller)
    {
        var request = new ToolRequest(new ToolCall(LiveBench.Api(0), $$"""{"call":"{{round}}"}"""), $"bench/{round}#{caller}", 0, ToolMode.Live);
        if (await client.CallAsync(grains, "bench", request, mutates: false, CancellationToken.None) is not ToolAnswer { Error: "" })
        {
            throw new InvalidOperationException("A call was not answered.");
        }
    }
}
