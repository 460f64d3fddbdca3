using System.Diagnostics;
using StepTool.Bench.Fleet;
using StepTool.Client.Connections;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Grains.Tasks;

namespace StepTool.Bench.Crashes;

/// <summary>
/// Silos train, evaluate and work off a queue, and are killed again and again: at any moment, or at one where something is half done. Tools are counted by
/// this process. What was promised is checked from outside.
/// </summary>
internal static class CrashSuite
{
    private const int MostPassed = 40;
    private const int MostWritten = 3;
    private const int LongestUpdate = 60;
    private const int ToldEvery = 25;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Measures.</summary>
    /// <param name="options">Settings of the command line.</param>
    /// <param name="silos">Silos that are alive, but for the one just killed.</param>
    /// <param name="ground">Makes what outlives the silos.</param>
    /// <param name="killsOnOne">Kills after which another ground is made, and all begins anew.</param>
    internal static async Task<Measured> MeasureAsync(BenchOptions options, int silos, Func<Task<CrashGround>> ground, int killsOnOne = int.MaxValue)
    {
        var (kills, seed) = (options.Number("kills", 100), options.Number("seed", 1));
        var tally = CrashTally.Empty;
        for (var round = 0; tally.Windows.Length < kills; round++)
        {
            using var one = await ground();
            var before = tally.Windows.Length;
            tally += await PlayAsync(options, one, silos, Math.Min(kills - before, killsOnOne), seed + round, tally.Windows, died => Tell(before + died, kills));
        }

        return new Measured(
            [
                new("kills", tally.Windows.Length),
                .. tally.Windows.CountBy(window => window).OrderBy(window => window.Key).Select(window => new Figure(FigureOf(window.Key), window.Value)),
                new("tasks ended", tally.Ended),
                new("updates published", tally.Updates),
                new("training episodes", tally.Trained),
                new("calls of tools", tally.Calls),
                new("calls sent again, a kill", (double)tally.Repeated / tally.Windows.Length, $"<= {Episodes(options)}"),
                new("tasks ended by a fault, a kill", (double)tally.Faults / tally.Windows.Length),
                new("longest time without any call, seconds", tally.LongestStall),
                new("promises broken", tally.Violations.Length, "= 0"),
            ],
            new { seed, silos },
            tally.Violations);
    }

    private static void Tell(int died, int kills)
    {
        if (died % ToldEvery == 0)
        {
            Console.Error.WriteLine($"{died} of {kills} kills");
        }
    }

    private static int Episodes(BenchOptions options) => options.Number("episodes", 16);

    // One life of a ground, from its first silo to a check of all that was promised.
    private static async Task<CrashTally> PlayAsync(BenchOptions options, CrashGround ground, int silos, int kills, int seed, IReadOnlyCollection<CrashWindow> met, Action<int> tell)
    {
        var episodes = Episodes(options);
        var between = silos == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(options.Number("every", 15));
        var random = new SeededRandom((ulong)seed);
        await using var counter = await CallCounter.StartAsync(TimeSpan.FromMilliseconds(options.Number("tool-ms", 10)));
        var host = new Uri(counter.Url).Authority;
        await using var fleet = new SiloFleet(
            new FleetWork { Counter = counter.Url },
            episodes,
            hasPrimary: false,
            options,
            [.. ground.Settings, $"--StepTool:Tools:AllowedHosts:0={host}", "--StepTool:Tools:AllowPrivateAddresses=true"]);
        for (var silo = 0; silo < silos; silo++)
        {
            await fleet.Add().UrlAsync();
        }

        List<string> violations = [];
        await using var connection = await fleet.Silos[0].ConnectAsync();
        var orders = new Orders(connection, counter);
        await orders.StartAsync();
        var witness = new Witness(connection, violations);
        var isOver = false;
        var working = Task.WhenAll(TrainAsync(), OrderAsync());
        var windows = await Task.WhenAny(working, KillAsync()) is Task<IReadOnlyList<CrashWindow>> killing ? await killing : [];
        isOver = true; // the run under way is the last one
        await working;

        var versions = await connection.Policy(Witness.Policy).VersionsAsync();
        var trajectories = await TrajectoriesAsync(connection, witness);
        violations.AddRange(Ledger.Check(versions, witness.Trained, witness.Excluded));
        violations.AddRange(Ledger.Check(counter.Calls, trajectories));
        foreach (var silo in fleet.Alive.ToArray())
        {
            if (await silo.LeaveAsync() is var code && code != 0)
            {
                violations.Add($"Silo {silo.Name} ended with exit code {code} when it was asked to leave: {silo.Said}");
            }
        }

        return new CrashTally(
            [.. windows],
            witness.Outcomes.Count,
            witness.Outcomes.Count(outcome => outcome.Outcome.Status is EpisodeStatus.Faulted),
            versions.Length - 1,
            witness.Trained,
            counter.Calls.Values.Sum(seen => seen.Times),
            counter.Calls.Values.Sum(seen => seen.Times - 1),
            LongestStall(counter.Arrivals()),
            [.. violations.Select(violation => $"{violation} (--seed {seed})")]);

        async Task TrainAsync()
        {
            for (var number = 1; !isOver; number++)
            {
                await witness.RunAsync($"kills-{number}");
            }
        }

        async Task OrderAsync()
        {
            while (!isOver)
            {
                await orders.FeedAsync();
                await Task.Delay(LookEvery);
            }

            while (true)
            {
                var status = await orders.StatusAsync();
                if (Ledger.Done(status) >= orders.Queued)
                {
                    await witness.CloseAsync(Orders.Run, orders.Queued, status);
                    return;
                }

                await Task.Delay(LookEvery);
            }
        }

        // A silo that is to kill itself is started knowing when: it takes the place of the one killed before.
        async Task<IReadOnlyList<CrashWindow>> KillAsync()
        {
            List<CrashWindow> died = [];
            var window = CrashWindow.None;
            while (died.Count < kills)
            {
                var ended = fleet.Silos[^1].Ended;
                if (window is CrashWindow.None || await Task.WhenAny(ended, Task.Delay(Hurry)) != ended)
                {
                    await Task.Delay(LongestLife * random.NextDouble());
                    if (!ended.IsCompleted) // or it has met its window meanwhile
                    {
                        var alive = fleet.Alive.ToArray();
                        var victim = window is CrashWindow.None ? alive[random.NextInt(alive.Length)] : fleet.Silos[^1]; // else it would die later, as one too many
                        victim.Kill();
                        await victim.Ended;
                        window = CrashWindow.None;
                    }
                }

                died.Add(window);
                tell(died.Count);
                await ground.ReleaseAsync();
                window = died.Count < kills ? Draw(random, [.. met, .. died]) : CrashWindow.None;
                var silo = fleet.Add(window is CrashWindow.None ? null : Point(random, window));
                if (window is CrashWindow.None)
                {
                    await silo.UrlAsync();
                }

                await Task.Delay(between); // a cluster notices one death before the next
            }

            return died;
        }
    }

    /// <summary>The figure that counts the kills in a window.</summary>
    internal static string FigureOf(CrashWindow window) => window is CrashWindow.None ? "of these, at any moment" : $"of these, {window}";

    // Any window that was not met so far; then any at all, and every third kill at any moment. Not in turn: of three silos the one that is to die may never come to it.
    private static CrashWindow Draw(SeededRandom random, IReadOnlyCollection<CrashWindow> met)
    {
        var windows = Enum.GetValues<CrashWindow>().Where(window => window is not CrashWindow.None).ToArray();
        var unmet = windows.Except(met).ToArray();
        return unmet is not [] ? unmet[random.NextInt(unmet.Length)] : random.NextInt(3) == 0 ? CrashWindow.None : windows[random.NextInt(windows.Length)];
    }

    private static CrashPoint Point(SeededRandom random, CrashWindow window) => window switch
    {
        CrashWindow.Unpublished or CrashWindow.Published or CrashWindow.WeightsStored => new() { Window = window, After = random.NextInt(MostWritten) },
        CrashWindow.Updating => new() { Window = window, After = random.NextInt(MostPassed), Milliseconds = random.NextInt(LongestUpdate) },
        _ => new() { Window = window, After = random.NextInt(MostPassed) },
    };

    private static async Task<IReadOnlyCollection<Episode>> TrajectoriesAsync(Connection connection, Witness witness)
    {
        List<Episode> episodes = [];
        foreach (var (_, outcome) in witness.Outcomes)
        {
            episodes.Add(EpisodeCodec.Decode(await connection.Blobs.GetAsync(outcome.Trajectory, default)));
        }

        return episodes;
    }

    // The longest time in which no silo called a tool, in seconds.
    private static double LongestStall(long[] arrivals) =>
        arrivals.Zip(arrivals.Skip(1), (earlier, later) => Stopwatch.GetElapsedTime(earlier, later).TotalSeconds).DefaultIfEmpty(0).Max();
}
