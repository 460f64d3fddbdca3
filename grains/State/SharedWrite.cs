namespace StepTool.Grains.State;

/// <summary>
/// Saves a grain's state once for all callers that come within a few milliseconds or while a write is under way: each returns when a write that began
/// after its change is stored. Used on one activation's scheduler only; state must be an immutable record that is replaced, never changed. After a failed
/// write the state in memory stays as it is, so that the changes of others are not lost; the next write stores them too.
/// </summary>
internal sealed class SharedWrite(Func<Task> write, TimeProvider time)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(3);
    private Task? _current;
    private Task? _next;

    /// <summary>Whether the last write failed, so that the state in memory is ahead of what is stored.</summary>
    internal bool HasFailed { get; private set; }

    /// <summary>Returns when the state as it is now, or later, is stored.</summary>
    internal Task SaveAsync() => _next ??= RunAsync(_current);

    /// <summary>Returns when all that was changed before is stored: at once when it is, after another write when one failed.</summary>
    internal Task StoredAsync() => HasFailed ? SaveAsync() : _next ?? _current ?? Task.CompletedTask;

    private async Task RunAsync(Task? previous)
    {
        // It must not run on at once when the linger is over before it is awaited: _next would be set after it was taken, and never be empty again.
        await Task.Delay(Linger, time).ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (previous is not null)
        {
            await previous.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        }

        _current = _next;
        _next = null;
        try
        {
            await write();
            HasFailed = false;
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }
}
