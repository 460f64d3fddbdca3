using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;
using StepTool.Embedded.Timers;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private Phase _phase;
    private Ending? _ending;
    private List<GrainTimer>? _timers;
    private List<IGrainEnumeration>? _enumerations;

    private enum Phase : byte
    {
        Fresh,
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    public Task Deactivated
    {
        get
        {
            lock (_gate)
            {
                return _phase == Phase.Gone && _ending is null ? Task.CompletedTask : (_ending ??= new Ending()).Gone.Task;
            }
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        bool schedule;
        IGrainEnumeration[]? open;
        lock (_gate)
        {
            if (_phase >= Phase.Deactivating || _ending?.Reason is not null)
            {
                return;
            }

            _ending ??= new Ending();
            _ending.Reason = deactivationReason;
            _ending.AskedAt = Time.GetTimestamp();
            switch (_phase)
            {
                case Phase.Fresh:
                    // nobody has called it, so there is nothing to end
                    Vanish();
                    return;
                case Phase.Activating:
                    // goes on to Active first, and ends there
                    return;
            }

            _phase = Phase.Deactivating;
            open = _enumerations?.ToArray();
            EndIfDone();
            schedule = MustSchedule();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }

        foreach (var enumeration in open ?? [])
        {
            enumeration.Abort(deactivationReason);
        }
    }

    /// <summary>Counts a timer, which is disposed when the activation ends; false when it is gone.</summary>
    internal bool Add(GrainTimer timer)
    {
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }

            (_timers ??= []).Add(timer);
            return true;
        }
    }

    internal void Remove(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers?.Remove(timer);
        }
    }

    /// <summary>Counts an open stream, which is ended when the activation ends; false when it is ending already.</summary>
    internal bool Add(IGrainEnumeration enumeration)
    {
        lock (_gate)
        {
            if (_phase >= Phase.Deactivating)
            {
                return false;
            }

            (_enumerations ??= []).Add(enumeration);
            return true;
        }
    }

    internal void Remove(IGrainEnumeration enumeration)
    {
        lock (_gate)
        {
            _enumerations?.Remove(enumeration);
        }
    }

    private void BeginIfFresh()
    {
        if (_phase == Phase.Fresh)
        {
            _phase = Phase.Activating;
            _work.Enqueue((Action)(() => _ = ActivateAsync()));
        }
    }

    private void EndIfDone()
    {
        if (_phase == Phase.Deactivating && _running.First is null && _ending is { Begun: false })
        {
            _ending.Begun = true;
            _work.Enqueue((Action)(() => _ = DeactivateAsync()));
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            _scope = _engine.Services.CreateAsyncScope();
            _grain = Class.Create(this, out var states);
            foreach (var state in states)
            {
                await state.ReadStateAsync();
            }

            if (Class.ActivatesItself)
            {
                using var timeout = new CancellationTokenSource(_engine.Options.ActivationTimeout, Time);
                await ((IGrainBase)_grain).OnActivateAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            _engine.Log.ActivationFailed(GrainId, exception);
            await DisposeAsync();
            foreach (var request in Leave(new(DeactivationReasonCode.ActivationFailed, exception, "The activation failed.")))
            {
                request.Fail(exception);
            }

            return;
        }

        List<Request> refused = [];
        lock (_gate)
        {
            // this is a piece of work, so the drain that runs it sees what is added here
            if (_ending?.Reason is not { } asked)
            {
                _phase = Phase.Active;
                AdmitWaiting();
                return;
            }

            if (asked.ReasonCode == DeactivationReasonCode.ApplicationRequested)
            {
                // the next activation would do the same, and its successor
                _waiting.CopyTo(refused);
                refused.ForEach(_waiting.Remove);
            }

            _phase = Phase.Deactivating;
            EndIfDone();
        }

        refused.ForEach(request => request.Fail(new OrleansMessageRejectionException($"{GrainId} asked for its end while it was being activated.", null)));
    }

    private async Task DeactivateAsync()
    {
        DisposeTimers();
        var reason = _ending!.Reason!.Value;
        if (Class.DeactivatesItself)
        {
            var left = _engine.Options.DeactivationTimeout - Time.GetElapsedTime(_ending.AskedAt);
            using var timeout = left > TimeSpan.Zero ? new CancellationTokenSource(left, Time) : new CancellationTokenSource();
            if (left <= TimeSpan.Zero)
            {
                await timeout.CancelAsync();
            }

            try
            {
                await ((IGrainBase)_grain!).OnDeactivateAsync(reason, timeout.Token).WaitAsync(timeout.Token);
            }
            catch (Exception exception)
            {
                _engine.Log.DeactivationFailed(GrainId, exception);
            }
        }

        await DisposeAsync();
        foreach (var request in Leave(reason))
        {
            if (request.Outlives)
            {
                _engine.Receive(request, GrainId);
            }
            else
            {
                request.Fail(new EnumerationAbortedException($"{GrainId} was deactivated before {request.Name} went on."));
            }
        }
    }

    private async Task DisposeAsync()
    {
        DisposeTimers();
        try
        {
            switch (_grain)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            _engine.Log.DeactivationFailed(GrainId, exception);
        }
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
        {
            timers = _timers?.ToArray() ?? [];
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }

    /// <summary>Leaves the engine, so that the next call makes a new activation, and hands over the requests that wait.</summary>
    private List<Request> Leave(DeactivationReason reason)
    {
        var left = new List<Request>();
        lock (_gate)
        {
            _waiting.CopyTo(left);
            left.ForEach(_waiting.Remove);
            Vanish();
        }

        _engine.Log.Deactivated(GrainId, reason);
        return left;
    }

    private void Vanish()
    {
        _engine.Forget(this);
        _phase = Phase.Gone;
        _grain = null;
        _ending?.Gone.TrySetResult();
    }

    /// <summary>What an activation needs only when it ends.</summary>
    private sealed class Ending
    {
        internal TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal DeactivationReason? Reason { get; set; }

        internal long AskedAt { get; set; }

        internal bool Begun { get; set; }
    }
}
