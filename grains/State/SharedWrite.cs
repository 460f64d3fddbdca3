namespace StepTool.Grains.State;

/// <summary>
/// Saves a grain's state once for all callers that come within a few milliseconds or while a write is under way: each returns when a write that began
/// after its change is stored. Used on one activation's scheduler only; state must be an immutable record that is replaced, never changed.
/// </summary>
internal sealed class SharedWrite(Func<Task> write, TimeProvider time)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(3);
    private Task? _current;
    private Task? _next;

    /// <summary>Returns when the state as it is now, or later, is stored.</summary>
    internal Task SaveAsync() => _next ??= RunAsync(_current);

    private async Task RunAsync(Task? previous)
    {
        await Task.Delay(Linger, time);
        if (previous is not null)
        {
            await previous.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        }

        _current = _next;
        _next = null;
        await write();
    }
}
