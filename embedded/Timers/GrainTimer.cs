using Orleans.Runtime;
using StepTool.Embedded.Activations;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Timers;

/// <summary>A timer of an activation, and the request that each of its ticks is. Ticks never overlap, so one object serves all of them.</summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _firing;
    private bool _changed;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Target = activation;
        _callback = callback;
        _options = options;
        _timer = NewTimer(activation.Time);
    }

    internal override Turn Turn => _options.Interleave ? Turn.Interleaved : Turn.Exclusive;

    internal override string Name => "timer tick";

    internal override bool KeepsAlive => _options.KeepAlive;

    internal override bool Outlives => false;

    internal override TimeSpan? Timeout => System.Threading.Timeout.InfiniteTimeSpan;

    internal override bool IsAnswered => _stop.IsCancellationRequested;

    internal static GrainTimer Start(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, nameof(options.DueTime));
        Validate(options.Period, nameof(options.Period));
        var timer = new GrainTimer(activation, callback, options);
        if (activation.Add(timer))
        {
            timer.Change(options.DueTime, options.Period);
        }
        else
        {
            timer.Dispose();
        }

        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        lock (_gate)
        {
            _dueTime = dueTime;
            _period = period;
            _changed = true;
            if (!_firing)
            {
                _timer.Change(dueTime, System.Threading.Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Target!.Remove(this);
        _stop.Cancel();
    }

    internal override void Run(object grain)
    {
        lock (_gate)
        {
            _changed = false;
        }

        if (IsAnswered)
        {
            Target!.Finish(this);
        }
        else
        {
            _ = TickAsync();
        }
    }

    internal override void Fail(Exception exception)
    {
        // nobody waits for a tick
    }

    private static void Validate(TimeSpan time, string name)
    {
        if (time != System.Threading.Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromMilliseconds(uint.MaxValue - 1), name);
        }
    }

    private ITimer NewTimer(TimeProvider time)
    {
        // the grain's AsyncLocals do not belong to the ticks
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow();
        return time.CreateTimer(
            static self => ((GrainTimer)self!).Fire(),
            this,
            System.Threading.Timeout.InfiniteTimeSpan,
            System.Threading.Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_firing)
            {
                return;
            }

            _firing = true;
        }

        Target!.Receive(this);
    }

    private async Task TickAsync()
    {
        try
        {
            await _callback(_stop.Token);
        }
        catch (Exception exception)
        {
            if (!(exception is OperationCanceledException && IsAnswered))
            {
                Target!.TickFailed(exception);
            }
        }

        Target!.Finish(this);
        lock (_gate)
        {
            _firing = false;
            _timer.Change(_changed ? _dueTime : _period, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }
}
