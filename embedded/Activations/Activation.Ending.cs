using Orleans;
using Orleans.Runtime;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private Ending? _ending;

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
            Schedule();
        }

        foreach (var enumeration in open ?? [])
        {
            enumeration.Abort(deactivationReason);
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
