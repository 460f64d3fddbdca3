namespace StepTool.Tests.Engines;

/// <summary>A clock that stands still until a test moves it; timers that come due tick on the mover's thread, in order of their times.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan Until, TaskCompletionSource Armed)> _watches = [];
    private TimeSpan _now = TimeSpan.Zero;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, stopping at each timer that comes due on the way.</summary>
    internal void Advance(TimeSpan span)
    {
        var end = TimeSpan.FromTicks(GetTimestamp()) + span;
        while (Next(end) is { } timer)
        {
            timer.Tick();
        }

        lock (_gate)
        {
            _now = end;
        }
    }

    /// <summary>Completes once there is a timer that is due within a time from now.</summary>
    internal Task ArmedAsync(TimeSpan within)
    {
        lock (_gate)
        {
            var watch = (Until: _now + within, Armed: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _watches.Add(watch);
            Look();
            return watch.Armed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Moves the clock to the next timer; false when there is none.</summary>
    internal bool AdvanceToNext()
    {
        TimeSpan? next;
        lock (_gate)
        {
            next = _timers.Count == 0 ? null : _timers.Min(timer => timer.Due) - _now;
        }

        if (next is { } span)
        {
            Advance(span > TimeSpan.Zero ? span : TimeSpan.Zero);
        }

        return next is not null;
    }

    /// <summary>Moves the clock to the next timer and ticks that one alone; false when there is none.</summary>
    internal bool TickNext()
    {
        var timer = Next(TimeSpan.MaxValue);
        timer?.Tick();
        return timer is not null;
    }

    private void Look()
    {
        foreach (var watch in _watches.Where(watch => _timers.Any(timer => timer.Due <= watch.Until)).ToArray())
        {
            watch.Armed.SetResult();
            _watches.Remove(watch);
        }
    }

    private ManualTimer? Next(TimeSpan end)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is not null)
            {
                _now = next.Due > _now ? next.Due : _now;
                next.Pass();
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _isDisposed;

        internal TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (_isDisposed)
                {
                    return false;
                }

                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    _period = period;
                    clock._timers.Add(this);
                    clock.Look();
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _isDisposed = true;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        internal void Tick() => callback(state);

        /// <summary>Goes on to the next due time, or out; under the clock's lock.</summary>
        internal void Pass()
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
            }
            else
            {
                clock._timers.Remove(this);
            }
        }
    }
}
