using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of one activation; its ticks are calls of that activation and never overlap.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Re-arms the timer. While a tick runs, it takes effect when the tick ends.</summary>
    /// <param name="dueTime">Time until the next tick; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="period">Time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, or longer than a timer can count (49 days).</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>How a grain timer behaves.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Options with both times.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time until the first tick; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for a single tick.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether other calls run between the awaits of a tick; default false.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether each tick counts as use, so that the activation is not collected for being idle; default false.</summary>
    public bool KeepAlive { get; init; }
}
