using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Bench.Engines.Servers;
using StepTool.Bench.Fleet;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;

namespace StepTool.Bench.Engines.Kills;

/// <summary>
/// Three silos that train and evaluate, one of which is killed and replaced again and again; state is in Azure storage, the list of silos in Redis, and
/// tools are counted by this process. What was promised is checked from outside.
/// </summary>
internal static class KillsSuite
{
    private const int Silos = 3;

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var (every, kills) = (TimeSpan.FromSeconds(options.Number("every", 20)), options.Number("kills", 6));
        var random = new SeededRandom((ulong)options.Number("seed", 1));
        using var azurite = await Azurite.StartAsync();
        using var redis = await RedisServer.StartAsync();
        await using var counter = await CallCounter.StartAsync(TimeSpan.FromMilliseconds(options.Number("tool-ms", 80)));
        await using var fleet = new SiloFleet(
            new FleetWork { Counter = counter.Url }, options.Number("episodes", 6), hasPrimary: false, options, [.. azurite.Storage, .. redis.Clustering]);
        await Task.WhenAll(Enumerable.Range(0, Silos).Select(_ => fleet.Add().UrlAsync()));

        List<string> violations = [];
        await using var connection = await fleet.Silos[0].ConnectAsync();
        var witness = new Witness(connection, violations);
        var started = Stopwatch.GetTimestamp();
        List<Kill> killed = [];
        var isOver = false;
        var working = WorkAsync();
        var killing = KillAsync();
        if (await Task.WhenAny(working, killing) == killing)
        {
            isOver = true; // the run under way is the last one
        }

        await working;
        await killing;

        var stalls = Stalls(counter.Arrivals(), started).ToImmutableArray();
        var repeated = counter.Calls.Values.Sum(seen => seen.Times - 1);
        var versions = await connection.Policy(Witness.Policy).VersionsAsync();
        violations.AddRange(Ledger.Check(versions, witness.Trained));
        violations.AddRange(counter.Calls.Where(call => call.Value is { Mutates: true, Times: > 1 }).Select(call => $"Call {call.Key}, which changes something, was sent {call.Value.Times} times."));
        violations.AddRange(await UncountedAsync());
        return new Measured(
            [
                new("tasks ended", witness.Outcomes.Count),
                new("kills", kills),
                new("updates published", versions.Length - 1),
                new("calls of tools", counter.Calls.Count),
                new("calls sent again, a kill", (double)repeated / kills, $"<= {options.Number("episodes", 6)}"),
                new("tasks ended by a fault, a kill", (double)witness.Outcomes.Count(outcome => outcome.Status is EpisodeStatus.Faulted) / kills),
                new("longest time without any call, seconds", stalls.Select(stall => stall.Seconds).DefaultIfEmpty(0).Max()),
                new("promises broken", violations.Count, "= 0"),
            ],
            new { killed, stalls },
            [.. violations]);

        async Task WorkAsync()
        {
            for (var number = 1; !isOver; number++)
            {
                await witness.RunAsync($"kills-{number}");
            }
        }

        async Task KillAsync()
        {
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(every);
                var alive = fleet.Alive.ToArray();
                var silo = alive[random.NextInt(alive.Length)];
                killed.Add(new Kill(Stopwatch.GetElapsedTime(started).TotalSeconds, silo.Name));
                silo.Kill();
                await fleet.Add().UrlAsync();
            }
        }

        // What a trajectory says was changed outside was changed outside. (Equal safe calls share one, which has the id of the first of them.)
        async Task<IEnumerable<string>> UncountedAsync()
        {
            List<string> uncounted = [];
            foreach (var outcome in witness.Outcomes)
            {
                var episode = EpisodeCodec.Decode(await connection.Blobs.GetAsync(outcome.Trajectory, default));
                uncounted.AddRange(episode.Steps.Select((step, index) => (step, Id: episode.Id.CallId(index)))
                    .Where(step => step.step.Call is { } call && CountedCaller.Mutates(call.Api) && !counter.Calls.ContainsKey(step.Id))
                    .Select(step => $"Step {step.Id} is in its trajectory, and no tool was called for it."));
            }

            return uncounted;
        }
    }

    private static IEnumerable<Stall> Stalls(long[] arrivals, long started) => arrivals.Zip(arrivals.Skip(1))
        .Select(pair => new Stall(Stopwatch.GetElapsedTime(started, pair.First).TotalSeconds, Stopwatch.GetElapsedTime(pair.First, pair.Second).TotalSeconds))
        .Where(stall => stall.Seconds >= 1);

    private sealed record Kill(double At, string Silo);

    /// <summary>A second or more in which no silo called a tool.</summary>
    private sealed record Stall(double From, double Seconds);
}
