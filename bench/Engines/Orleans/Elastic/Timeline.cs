using System.Diagnostics;
using StepTool.Bench.Fleet;

namespace StepTool.Bench.Engines.Elastic;

/// <summary>A fleet's throughput over time, silo by silo, with what was done to it.</summary>
internal sealed class Timeline(SiloFleet fleet) : IAsyncDisposable
{
    /// <summary>Time between two samples.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Sample> _samples = [];
    private readonly List<Mark> _marks = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private Task? _sampling;

    /// <summary>What was sampled so far.</summary>
    internal IReadOnlyList<Sample> Samples => _samples;

    /// <summary>What was done so far.</summary>
    internal IReadOnlyList<Mark> Marks => _marks;

    /// <summary>Seconds since the beginning.</summary>
    internal double Now => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Begins to sample.</summary>
    internal void Begin() => _sampling = SampleAsync();

    /// <summary>Notes what is done to a silo now.</summary>
    internal Mark Note(string what, SiloProcess silo)
    {
        var mark = new Mark(Now, $"{silo.Name} {what}");
        _marks.Add(mark);
        return mark;
    }

    /// <summary>Seconds at which a timestamp was taken.</summary>
    internal double At(long timestamp) => Stopwatch.GetElapsedTime(_started, timestamp).TotalSeconds;

    /// <summary>Waits until so many seconds since the beginning.</summary>
    internal Task UntilAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(Math.Max(0, seconds - Now)));

    /// <summary>Steps a second of some silos between two times.</summary>
    internal double Rate(IReadOnlyCollection<string> silos, double from, double to) =>
        _samples.Where(sample => sample.Seconds > from && sample.Seconds <= to).Select(sample => sample.Rate(silos)).DefaultIfEmpty(0).Average();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_sampling is not null)
        {
            await _sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(Period);
        var before = (Seconds: Now, Steps: Steps());
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            var (now, steps) = (Now, Steps());
            _samples.Add(new Sample(now, steps.ToDictionary(silo => silo.Key, silo => (silo.Value - before.Steps.GetValueOrDefault(silo.Key)) / (now - before.Seconds))));
            before = (now, steps);
        }
    }

    private Dictionary<string, long> Steps() => fleet.Silos.ToDictionary(silo => silo.Name, silo => silo.Steps);
}

/// <summary>Steps a second of each silo over the half second that ended then.</summary>
internal sealed record Sample(double Seconds, IReadOnlyDictionary<string, double> StepsPerSecond)
{
    /// <summary>Of some silos together.</summary>
    internal double Rate(IReadOnlyCollection<string> silos) => silos.Sum(silo => StepsPerSecond.GetValueOrDefault(silo));

    /// <summary>Of all silos together.</summary>
    internal double Total => StepsPerSecond.Values.Sum();
}

/// <summary>Something that was done.</summary>
internal sealed record Mark(double Seconds, string What);
