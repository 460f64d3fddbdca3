using System.Threading.RateLimiting;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Limits;

/// <summary>What one API takes: requests a second, requests under way, and none while it wants to be left alone. On one activation's scheduler only.</summary>
internal sealed class ApiLimiter(ToolLimits limits, TimeProvider time) : IDisposable
{
    private const double Newest = 0.2;
    private readonly TokenBucket _bucket = new(limits.RequestsPerSecond, limits.Burst);
    private readonly ConcurrencyLimiter _concurrency = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.MaxConcurrent > 0 ? limits.MaxConcurrent : int.MaxValue,
        QueueLimit = int.MaxValue, // whoever would wait too long does not queue
    });

    private DateTimeOffset _pausedUntil;
    private TimeSpan _average;
    private int _queued;

    /// <summary>Lets nobody in for a while: the API asked for it.</summary>
    internal void Pause(TimeSpan span)
    {
        var until = time.GetUtcNow() + span;
        _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
    }

    /// <summary>Waits for a place and a token; says at once where that would take longer than <paramref name="patience"/>.</summary>
    internal async ValueTask<Admission> EnterAsync(TimeSpan patience)
    {
        var now = time.GetUtcNow();
        var wait = Longest(_pausedUntil - now, _bucket.Wait(now));
        if (Longest(wait, Expected()) is var expected && expected > patience)
        {
            return Admission.Later(expected);
        }

        _bucket.Take(now);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time);
        }

        var lease = _concurrency.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return Admission.Now(new Pass(this, lease, time));
        }

        using var end = new CancellationTokenSource(patience - wait, time);
        _queued++;
        try
        {
            return Admission.Now(new Pass(this, await _concurrency.AcquireAsync(1, end.Token), time));
        }
        catch (OperationCanceledException)
        {
            return Admission.Later(Longest(_average, TimeSpan.FromSeconds(1)));
        }
        finally
        {
            _queued--;
        }
    }

    public void Dispose() => _concurrency.Dispose();

    // How long those before would take, as long as requests last on average.
    private TimeSpan Expected() => _concurrency.GetStatistics() is { CurrentAvailablePermits: 0 } ? _average * (_queued + 1) / limits.MaxConcurrent : TimeSpan.Zero;

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Note(TimeSpan lasted) => _average = _average == TimeSpan.Zero ? lasted : (_average * (1 - Newest)) + (lasted * Newest);

    private sealed class Pass(ApiLimiter limiter, RateLimitLease lease, TimeProvider time) : IDisposable
    {
        private readonly long _since = time.GetTimestamp();

        public void Dispose()
        {
            limiter.Note(time.GetElapsedTime(_since));
            lease.Dispose();
        }
    }
}
