using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Silo.Engines;

namespace StepTool.Bench.Engines.Overhead;

/// <summary>
/// Grain calls by the house's contracts and wire form against the same calls by Orleans alone: both in this process, in turns of 25 ms, each
/// call awaited before the next. Ratios are medians over the turns, each of two neighbouring measurements.
/// </summary>
internal static class OverheadSuite
{
    private const double StepMicroseconds = 50_000;
    private const string CallGoal = "< 1.10";
    private const string StepGoal = "< 2 %";

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var rounds = options.Number("rounds", 160);
        await using var house = await SiloPair.StartAsync("house", services => services.AddOrleansWire());
        await using var bare = await SiloPair.StartAsync("bare", _ => { });
        List<Comparison> comparisons = [];
        foreach (var isLocal in (bool[])[true, false])
        {
            var ours = house.Grains.GetGrain<IHouseEchoGrain>(await house.KeyAsync(isLocal, key => house.Grains.GetGrain<IHouseEchoGrain>(key).WhereAsync()));
            var theirs = bare.Grains.GetGrain<IBareEchoGrain>(await bare.KeyAsync(isLocal, key => bare.Grains.GetGrain<IBareEchoGrain>(key).WhereAsync()));
            var where = isLocal ? "in a silo" : "across silos";
            comparisons.Add(new($"empty call {where}", CallGoal, () => ours.PingAsync(), () => theirs.PingAsync()));
            comparisons.Add(new($"tool call with 10 KB of text {where}", "", () => ours.CallAsync(Messages.Request), () => theirs.CallAsync(Messages.BareRequest)));
            comparisons.Add(new($"step with 10 KB of text {where}", "", () => ours.StepAsync(Messages.Step), () => theirs.StepAsync(Messages.BareStep)));
        }

        for (var round = -rounds / 4; round < rounds; round++)
        {
            foreach (var comparison in comparisons)
            {
                await comparison.TakeTurnAsync(isWarmUp: round < 0, isReversed: (round & 1) == 1);
            }
        }

        return comparisons.SelectMany(comparison => comparison.Figures()).ToImmutableArray();
    }

    private sealed class Comparison(string name, string goal, Func<Task> ours, Func<Task> theirs)
    {
        private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.025);
        private readonly List<double> _ours = [];
        private readonly List<double> _theirs = [];
        private readonly List<double> _ratios = [];

        internal async Task TakeTurnAsync(bool isWarmUp, bool isReversed)
        {
            var first = await MicrosecondsAsync(isReversed ? theirs : ours);
            var second = await MicrosecondsAsync(isReversed ? ours : theirs);
            if (!isWarmUp)
            {
                var (mine, other) = isReversed ? (second, first) : (first, second);
                _ours.Add(mine);
                _theirs.Add(other);
                _ratios.Add(mine / other);
            }
        }

        internal IEnumerable<Figure> Figures()
        {
            yield return Figure.Of($"{name}, us", _ours);
            yield return Figure.Of($"{name}, us by Orleans alone", _theirs);
            yield return Figure.Of($"{name}, ratio", _ratios, goal);
            if (goal.Length == 0)
            {
                yield return Figure.Of($"{name}, % of a 50 ms step", _ours.Select(value => 100 * value / StepMicroseconds), StepGoal);
            }
        }

        private static async Task<double> MicrosecondsAsync(Func<Task> call)
        {
            var started = Stopwatch.GetTimestamp();
            var calls = 0;
            while (Stopwatch.GetElapsedTime(started) < Turn)
            {
                await call();
                calls++;
            }

            return Stopwatch.GetElapsedTime(started).TotalMicroseconds / calls;
        }
    }
}
