using Microsoft.Extensions.Logging;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Live;

namespace StepTool.Grains.Tools.Limits;

/// <summary>This silo's way to one host: gives out the permits that the host's grain leased to it. One a silo and host; safe for concurrent use.</summary>
internal sealed partial class HostLine : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly string _host;
    private readonly IGrainFactory _grains;
    private readonly string _silo;
    private readonly TimeProvider _time;
    private readonly ToolLimits _limits;
    private readonly ILogger _logger;
    private readonly ITimer _idle;
    private int _requests;
    private int _concurrent;
    private int _underWay;
    private DateTimeOffset _freshUntil;
    private bool _isAsking;

    internal HostLine(string host, IGrainFactory grains, string silo, TimeProvider time, ToolsOptions options, ILogger logger)
    {
        (_host, _grains, _silo, _time, _limits, _logger) = (host, grains, silo, time, options.Host, logger);
        _idle = time.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Breaker = new Breaker(options.Breaker, time, reply => reply is { IsTransient: true, NeverSent: true });
    }

    /// <summary>Open while the host cannot be reached; what its APIs answer is their own breakers' affair.</summary>
    internal Breaker Breaker { get; }

    /// <summary>Waits for a permit; says so where it takes longer than <paramref name="patience"/>.</summary>
    internal ValueTask<Admission> EnterAsync(TimeSpan patience)
    {
        if (_limits is { RequestsPerSecond: 0, MaxConcurrent: 0 })
        {
            return ValueTask.FromResult(Admission.Now(Free.Instance));
        }

        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && TryTake())
            {
                return ValueTask.FromResult(Admission.Now(new Pass(this)));
            }

            waiter = new Waiter(_time.GetUtcNow() + patience);
            _waiters.AddLast(waiter);
            if (!_isAsking)
            {
                _isAsking = true;
                _ = Task.Run(AskAsync); // not on the scheduler of the grain that happens to be first
            }
        }

        return WaitAsync(waiter, patience);
    }

    public void Dispose() => _idle.Dispose();

    private async ValueTask<Admission> WaitAsync(Waiter waiter, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience, _time);
        using var registration = end.Token.Register(() => Dismiss(waiter, patience));
        return await waiter.Admission.Task;
    }

    // Asks for as long as somebody waits whom the permits at hand do not suffice.
    private async Task AskAsync()
    {
        var grain = _grains.GetGrain<IToolHostGrain>(_host);
        while (Demand() is { } demand)
        {
            TimeSpan again;
            try
            {
                again = Take(await grain.LeaseAsync(demand));
            }
            catch (Exception exception)
            {
                LogLease(exception, _host);
                again = AfterFailure;
            }

            if (again > TimeSpan.Zero)
            {
                await Task.Delay(again, _time);
            }
        }
    }

    private HostDemand? Demand()
    {
        lock (_gate)
        {
            Serve();
            _isAsking = _waiters.Count > 0;
            return _isAsking ? new HostDemand(_silo, _waiters.Count, _underWay) : null;
        }
    }

    private TimeSpan Take(HostLease lease)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            (_requests, _concurrent, _freshUntil) = (lease.Requests, lease.Concurrent, now + lease.Fresh);
            Serve();
            var interval = _limits.RequestsPerSecond > 0 ? TimeSpan.FromSeconds(1 / _limits.RequestsPerSecond) : TimeSpan.Zero;
            var wait = lease.Again;
            for (var next = _waiters.First; next is not null; wait += interval)
            {
                var waiter = next;
                next = next.Next;
                if (now + wait > waiter.Value.Until)
                {
                    _waiters.Remove(waiter);
                    waiter.Value.Admission.TrySetResult(Admission.Later(wait));
                }
            }

            return _waiters.Count == 0 ? TimeSpan.Zero : lease.Again;
        }
    }

    private void Serve()
    {
        while (_waiters.First is { } first && TryTake())
        {
            _waiters.RemoveFirst();
            first.Value.Admission.TrySetResult(Admission.Now(new Pass(this)));
        }
    }

    private bool TryTake()
    {
        if (_requests == 0 || _underWay >= _concurrent || _time.GetUtcNow() >= _freshUntil)
        {
            return false;
        }

        _requests--;
        _underWay++;
        return true;
    }

    private void Dismiss(Waiter waiter, TimeSpan waited)
    {
        lock (_gate)
        {
            if (_waiters.Remove(waiter))
            {
                waiter.Admission.TrySetResult(Admission.Later(waited));
            }
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            Serve();
            if (_underWay == 0 && _waiters.Count == 0)
            {
                _idle.Change(Idle, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            if (_underWay > 0 || _waiters.Count > 0)
            {
                return;
            }

            (_requests, _concurrent) = (0, 0);
        }

        _ = Task.Run(ReleaseAsync);
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await _grains.GetGrain<IToolHostGrain>(_host).ReleaseAsync(_silo);
        }
        catch (Exception exception)
        {
            LogRelease(exception, _host);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Permits of host {Host} could not be leased; they are asked for again.")]
    private partial void LogLease(Exception exception, string host);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Permits of host {Host} could not be given back and end by time.")]
    private partial void LogRelease(Exception exception, string host);

    private sealed class Waiter(DateTimeOffset until)
    {
        internal DateTimeOffset Until { get; } = until;

        internal TaskCompletionSource<Admission> Admission { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Pass(HostLine line) : IDisposable
    {
        public void Dispose() => line.Leave();
    }

    private sealed class Free : IDisposable
    {
        internal static readonly Free Instance = new();

        public void Dispose()
        {
        }
    }
}
