using Orleans.Runtime;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation : IThreadPoolWorkItem
{
    private WorkQueue _work;
    private bool _scheduled;
    private Task? _drain;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs an action as a piece of work of its own, between others.</summary>
    internal void Post(Action action) => Enqueue(action);

    /// <summary>Logs a failure that no caller waits for.</summary>
    internal void WorkFailed(Exception exception) => _engine.Log.WorkFailed(GrainId, exception);

    /// <inheritdoc cref="WorkFailed"/>
    internal void TickFailed(Exception exception) => _engine.Log.TickFailed(GrainId, exception);

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        (task == _drain || (!taskWasPreviouslyQueued && Current == this)) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    /// <summary>Runs the work there is, on a thread of the pool, inside of a task of this scheduler so that awaits come back to it.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var drain = new Task(static self => ((Activation)self!).Drain(), this, TaskCreationOptions.DenyChildAttach);
        _drain = drain;
        drain.RunSynchronously(this);
    }

    private void Drain()
    {
        var ambient = ExecutionContext.Capture()!;
        for (var left = _engine.Threads.Quantum; left > 0; left--)
        {
            object? item;
            lock (_gate)
            {
                item = _work.Dequeue();
                if (item is null)
                {
                    _scheduled = false;
                    return;
                }
            }

            switch (item)
            {
                case Task task:
                    TryExecuteTask(task);
                    continue;
                case Request request:
                    if (request.Context is { } context)
                    {
                        RequestContext.Current = context;
                    }

                    request.Run(_grain!);
                    break;
                case Action action:
                    Run(action);
                    break;
            }

            // what one turn left in its AsyncLocals is none of the next one's business
            if (ExecutionContext.Capture() != ambient)
            {
                ExecutionContext.Restore(ambient);
            }
        }

        Schedule();
    }

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            // such as a callback that the grain registered on a token
            WorkFailed(exception);
        }
    }

    private void Enqueue(object item)
    {
        lock (_gate)
        {
            _work.Enqueue(item);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        Schedule();
    }

    private void Schedule() => _engine.Threads.Queue(this);

    /// <summary>Whether a thread must be asked for, now that there is work; under the lock.</summary>
    private bool MustSchedule()
    {
        if (_scheduled || _work.Count == 0)
        {
            return false;
        }

        return _scheduled = true;
    }
}
