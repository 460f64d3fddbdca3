namespace StepTool.Tests.Grains;

/// <summary>A clock whose hour a test sets; timers run in real time, so that short delays pass by themselves.</summary>
internal sealed class SettableTime : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    private long _advanced;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref _advanced) * (TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>So much time passes.</summary>
    public void Advance(TimeSpan span)
    {
        Interlocked.Add(ref _advanced, span.Ticks);
        Jump(span);
    }

    /// <summary>The clock is set, and no time passes.</summary>
    public void Jump(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
}
