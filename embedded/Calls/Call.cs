using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Storage;
using StepTool.Embedded.Gateway;

namespace StepTool.Embedded.Calls;

/// <summary>A call of one method; its subclasses are emitted, with a field for each argument. Arguments and results are handed over, never copied.</summary>
/// <typeparam name="T">The result, or <see cref="Nothing"/>.</typeparam>
internal abstract class Call<T> : Request, IWireCall
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CallCancellation? _cancellation;
    private Task<T>? _running;

    internal Task<T> Answer => _answer.Task;

    Task IWireCall.Answer => _answer.Task;

    public abstract GrainMethod Method { get; }

    /// <summary>The token that the grain sees.</summary>
    public CancellationToken Token => _cancellation?.Token ?? default;

    internal override Turn Turn => Method.Turn;

    internal override string Name => Method.Name;

    internal override TimeSpan? Timeout => Method.Timeout;

    internal override bool IsAnswered => _answer.Task.IsCompleted;

    public abstract Task<T> Invoke(object grain);

    public abstract void Write(ArgumentWriter writer);

    public abstract void Read(ArgumentReader reader);

    void IWireCall.WriteResult(ArgumentWriter writer)
    {
        if (typeof(T) == typeof(Nothing))
        {
            writer.WriteNull();
        }
        else
        {
            writer.Write(_answer.Task.Result);
        }
    }

    void IWireCall.ReadResult(ArgumentReader reader) => _answer.TrySetResult(typeof(T) == typeof(Nothing) ? default! : reader.Read<T>());

    /// <summary>Lets a caller's token cancel the call, if its method takes one. Before the call is received: a call cancelled by then never runs.</summary>
    internal override void Follow(CancellationToken cancellationToken)
    {
        if (Method.TakesToken)
        {
            _cancellation = new CallCancellation(this);
            _cancellation.Follow(cancellationToken);
        }
    }

    internal override void Run(object grain)
    {
        if (IsAnswered)
        {
            // cancelled or timed out while it waited
            _cancellation?.Unfollow();
            Target!.Finish(this);
            return;
        }

        Task<T> task;
        try
        {
            task = Invoke(grain) ?? throw new InvalidOperationException($"{Name} returned null instead of a task.");
        }
        catch (Exception exception)
        {
            task = Failed(exception);
        }

        if (task.IsCompleted)
        {
            Complete(task);
        }
        else
        {
            _running = task;
            task.GetAwaiter().UnsafeOnCompleted(() => Complete(_running));
        }
    }

    internal override void Fail(Exception exception)
    {
        _cancellation?.Unfollow();
        if (exception is OperationCanceledException cancelled)
        {
            _answer.TrySetCanceled(cancelled.CancellationToken);
        }
        else
        {
            _answer.TrySetException(exception);
        }
    }

    internal override void TimeOut(string message)
    {
        Fail(new TimeoutException(message));
        _cancellation?.CancelGrain();
    }

    private void Complete(Task<T> task)
    {
        _cancellation?.Unfollow();
        if (task.Exception?.InnerException is InconsistentStateException { IsSourceActivation: true } lost)
        {
            lost.IsSourceActivation = false;
            Target!.Deactivate(new(DeactivationReasonCode.ApplicationError, lost, $"{Name} let an InconsistentStateException out."));
        }

        // the turn ends first, so that who has the answer finds the grain free
        Target!.Finish(this);
        _answer.TrySetFromTask(task);
    }

    /// <summary>As an async method would fail: a cancellation makes a cancelled task.</summary>
    private static Task<T> Failed(Exception exception)
    {
        var builder = AsyncTaskMethodBuilder<T>.Create();
        builder.SetException(exception);
        return builder.Task;
    }
}
