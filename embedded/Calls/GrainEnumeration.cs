using Orleans;
using Orleans.Runtime;

namespace StepTool.Embedded.Calls;

/// <summary>One enumeration of a stream: the caller's enumerator, and the request that takes a turn of the activation for each item.</summary>
/// <remarks>
/// Steps interleave with other calls, as on Orleans, since a stream may be slow for as long as it likes. The caller has one step under way
/// at a time, so one request object serves all of them. A step is answered by whichever comes first: the grain's code, the
/// caller's cancellation, the end of the activation; the grain's iterator is disposed only once it stands still.
/// </remarks>
internal sealed class GrainEnumeration<T> : Request, IAsyncEnumerator<T>, IGrainEnumeration
{
    private readonly Route _route;
    private readonly GrainReference _to;
    private readonly StreamCall<T> _call;
    private readonly CancellationToken _callToken;
    private readonly CancellationToken _enumerationToken;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _callRegistration;
    private readonly CancellationTokenRegistration _enumerationRegistration;
    private TaskCompletionSource<bool> _step = new();
    private IAsyncEnumerator<T>? _items;
    private volatile Exception? _aborted;
    private volatile bool _opened;
    private volatile bool _closed;
    private bool _moving;
    private int _inTurn;

    internal GrainEnumeration(Route route, GrainReference to, StreamCall<T> call, CancellationToken callToken, CancellationToken enumerationToken)
    {
        _route = route;
        _to = to;
        _call = call;
        _callToken = callToken;
        _enumerationToken = enumerationToken;
        _callRegistration = callToken.UnsafeRegister(static (self, token) => ((GrainEnumeration<T>)self!).Cancel(token), this);
        _enumerationRegistration = enumerationToken.UnsafeRegister(static (self, token) => ((GrainEnumeration<T>)self!).Cancel(token), this);
    }

    public T Current { get; private set; } = default!;

    internal override Turn Turn => Turn.Interleaved;

    internal override string Name => _call.Method.Name;

    internal override bool Outlives => !_opened;

    internal override TimeSpan? Timeout => System.Threading.Timeout.InfiniteTimeSpan;

    internal override bool IsAnswered => _step.Task.IsCompleted;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_callToken.IsCancellationRequested || _enumerationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(_callToken.IsCancellationRequested ? _callToken : _enumerationToken);
        }

        if (_aborted is { } aborted)
        {
            return ValueTask.FromException<bool>(aborted);
        }

        if (_closed)
        {
            return new(false);
        }

        var step = _step = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Target is null)
        {
            _route.Send(_to, this, default);
        }
        else if (!Target.Receive(this))
        {
            Fail(Gone());
        }

        return new(step.Task);
    }

    public async ValueTask DisposeAsync()
    {
        _callRegistration.Unregister();
        _enumerationRegistration.Unregister();
        Fail(new ObjectDisposedException(Name));
        if (_opened && !_closed)
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Target!.Post(() => _ = CloseAsync(closed));
            await closed.Task;
        }
    }

    void IGrainEnumeration.Abort(DeactivationReason reason)
    {
        _aborted = Gone();
        Fail(_aborted);
        Target!.Post(() => _ = CloseAsync(null));
        EndTurn();
    }

    internal override void Run(object grain)
    {
        _inTurn = 1;
        if (IsAnswered)
        {
            EndTurn();
        }
        else
        {
            _ = MoveAsync(grain, _step);
        }
    }

    internal override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException cancelled)
        {
            _step.TrySetCanceled(cancelled.CancellationToken);
        }
        else
        {
            _step.TrySetException(exception);
        }
    }

    private EnumerationAbortedException Gone() => new($"The stream of {Name} ended early because {_to.GrainId} was deactivated. Call again to go on.");

    private void Cancel(CancellationToken token)
    {
        Fail(new OperationCanceledException(token));
        Target?.Post(_stop.Cancel);
    }

    private async Task MoveAsync(object grain, TaskCompletionSource<bool> step)
    {
        var moved = false;
        Exception? failure = null;
        _moving = true;
        try
        {
            _items ??= Open(grain);
            moved = await _items.MoveNextAsync();
            Current = moved ? _items.Current : default!;
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        _moving = false;
        if (!moved || _stop.IsCancellationRequested)
        {
            await CloseAsync(null);
        }

        EndTurn();
        if (failure is null)
        {
            step.TrySetResult(moved);
        }
        else
        {
            Fail(failure);
        }
    }

    private IAsyncEnumerator<T> Open(object grain)
    {
        _opened = true;
        return Target!.Add(this) ? _call.Open(grain, _stop.Token).GetAsyncEnumerator(_stop.Token) : throw Gone();
    }

    private void EndTurn()
    {
        if (Interlocked.Exchange(ref _inTurn, 0) == 1)
        {
            Target!.Finish(this);
        }
    }

    /// <summary>Cancels the grain's iterator, and disposes it unless it moves: then that is left to the end of the move.</summary>
    private async Task CloseAsync(TaskCompletionSource? closed)
    {
        try
        {
            _stop.Cancel();
            if (!_moving && !_closed)
            {
                _closed = true;
                Target!.Remove(this);
                if (_items is not null)
                {
                    await _items.DisposeAsync();
                }
            }
        }
        catch (Exception exception)
        {
            Target!.WorkFailed(exception);
        }
        finally
        {
            closed?.TrySetResult();
        }
    }
}
