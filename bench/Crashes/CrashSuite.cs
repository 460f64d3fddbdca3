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
    private const int OneIn = 5;
    private const int LongestUpdate = 60;
    private const int ToldEvery = 25;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Measures.</summary>
    /// <param name="options">Settings of the command line.</param>
    /// <param name="silos">Silos that are alive, but for the one just killed.</param>
    /// <param name="ground">Makes what outlives the silos.</param>
    /// <param name="killsOnOne">Kills after which another ground is made, and all begins anew.</param>
    internal static async Task<Measured> MeasureAsync(BenchOptions options, int silos, Func<Task<CrashGround>> ground, int killsOnOne = int.MaxValue)
    {
        var (kills, spare, seed) = (options.Number("kills", 100), options.Number("spare", 0), options.Number("seed", 1));
        var tally = CrashTally.Empty;
        for (var round = 0; tally.Windows.Length < kills; round++)
        {
            using var one = await ground();
            var before = tally.Windows.Length;
            var most = Math.Min(kills - before, killsOnOne);
            var more = before + most == kills ? spare : 0;
            tally += await PlayAsync(options, one, silos, (most, more), seed + round, tally.Windows, died => Tell(before + died, kills));
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
    private static async Task<CrashTally> PlayAsync(BenchOptions options, CrashGround ground, int silos, (int Ordered, int Spare) kills, int seed, IReadOnlyCollection<CrashWindow> met, Action<int> tell)
    {
        var episodes = Episodes(options);
        var between = silos == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(options.Number("every", 15));
        var random = new SeededRandom((ulong)seed);
        await using var counter = await CallCounter.StartAsync(TimeSpan.FromMilliseconds(options.Number("tool-ms", 10)));
        var host = new Uri(counter.Url).Authority;
        using var point = CrashPoint.Create();
        await using var fleet = new SiloFleet(
            new FleetWork { Counter = counter.Url },
            episodes,
            hasPrimary: false,
            options,
            [.. ground.Settings, point.Argument, $"--StepTool:Tools:AllowedHosts:0={host}", "--StepTool:Tools:AllowPrivateAddresses=true"]);
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
        var (training, ordering, killing) = (TrainAsync(), OrderAsync(), KillAsync());
        await await Task.WhenAny(training, ordering, killing); // before the last kill the others end by a failure alone
        var windows = await killing;
        isOver = true; // the run under way is the last one
        await Task.WhenAll(training, ordering);

        var versions = await connection.Policy(Witness.Policy).VersionsAsync();
        var trajectories = await TrajectoriesAsync(connection, witness);
        violations.AddRange(Ledger.Check(versions, witness.Trained, witness.Excluded));
        violations.AddRange(Ledger.Check(counter.Calls, trajectories));
        violations.AddRange(fleet.Silos.Where(silo => silo.HasFailed).Select(silo => $"Silo {silo.Name} ended, and was not killed: {silo.Said}"));
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

        async Task<IReadOnlyList<CrashWindow>> KillAsync()
        {
            List<CrashWindow> died = [];
            while (died.Count < kills.Ordered || (died.Count < kills.Ordered + kills.Spare && Unmet([.. met, .. died]) is not []))
            {
                var window = Draw(random, [.. met, .. died]);
                if (window is CrashWindow.None || !await MeetAsync(window))
                {
                    await KillOneAsync();
                    window = CrashWindow.None;
                }

                died.Add(window);
                tell(died.Count);
                await ground.ReleaseAsync();
                var replacement = fleet.Add();
                if (silos > 1)
                {
                    await replacement.UrlAsync(); // or a machine that starts them slowly would be left with none
                }

                await Task.Delay(between); // a cluster notices one death before the next
            }

            return died;
        }

        // Whichever silo comes to the window first dies in it, one that is starting too; false where none comes.
        async Task<bool> MeetAsync(CrashWindow window)
        {
            if (random.NextInt(2) == 0)
            {
                await fleet.Silos[^1].UrlAsync();
            }

            await Task.Delay(LongestLife * random.NextDouble());
            var died = Task.WhenAny(fleet.Alive.Select(silo => silo.Ended));
            point.Arm(window, window is CrashWindow.Updating ? random.NextInt(LongestUpdate) : 0);
            await Task.WhenAny(died, Task.Delay(Hurry));
            if (point.TryDisarm(window))
            {
                return false;
            }

            await died;
            return true;
        }

        async Task KillOneAsync()
        {
            await fleet.Silos[^1].UrlAsync();
            await Task.Delay(LongestLife * random.NextDouble());
            var alive = fleet.Alive.ToArray();
            var victim = alive[random.NextInt(alive.Length)];
            victim.Kill();
            await victim.Ended;
        }
    }

    /// <summary>The figure that counts the kills in a window.</summary>
    internal static string FigureOf(CrashWindow window) => window is CrashWindow.None ? "of these, at any moment" : $"of these, {window}";

    // One that was not met so far; then every fifth kill at any moment, the others in turn in what was met least.
    private static CrashWindow Draw(SeededRandom random, IReadOnlyCollection<CrashWindow> met)
    {
        if (Unmet(met) is var unmet and not [])
        {
            return unmet[random.NextInt(unmet.Length)];
        }

        if (random.NextInt(OneIn) == 0)
        {
            return CrashWindow.None;
        }

        var rarest = met.Where(window => window is not CrashWindow.None).CountBy(window => window).GroupBy(window => window.Value, window => window.Key).MinBy(group => group.Key)!.ToArray();
        return rarest[random.NextInt(rarest.Length)];
    }

    private static CrashWindow[] Unmet(IReadOnlyCollection<CrashWindow> met) => [.. Enum.GetValues<CrashWindow>().Except(met)];

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
