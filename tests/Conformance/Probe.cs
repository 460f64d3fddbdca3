using System.Collections.Concurrent;

namespace StepTool.Tests.Conformance;

/// <summary>Lets a test see where a grain stands, and hold it there; a service of the silo.</summary>
public sealed class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _events = new();

    /// <summary>What was noted, in order.</summary>
    public ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>The grain's side: tells that it stands at a gate, and waits there until the test opens it.</summary>
    public Task PassAsync(string gate, CancellationToken cancellationToken = default)
    {
        Signal($"at {gate}");
        return Event($"open {gate}").Task.WaitAsync(Patience, cancellationToken);
    }

    /// <summary>The grain's side: tells that something happened.</summary>
    public void Signal(string name, string value = "") => Event(name).TrySetResult(value);

    /// <summary>The test's side: waits for what <see cref="Signal"/> tells, and gives its value.</summary>
    public async Task<string> SeenAsync(string name)
    {
        try
        {
            return await Event(name).Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Expected '{name}' within {Patience}. Seen: {string.Join(", ", _events.Where(one => one.Value.Task.IsCompleted).Select(one => one.Key))}.");
        }
    }

    /// <summary>The test's side: waits until a grain stands at a gate.</summary>
    public Task AtAsync(string gate) => SeenAsync($"at {gate}");

    public bool IsAt(string gate) => HasSeen($"at {gate}");

    public bool HasSeen(string name) => Event(name).Task.IsCompleted;

    /// <summary>The test's side: opens a gate for good.</summary>
    public void Open(string gate) => Signal($"open {gate}");

    private TaskCompletionSource<string> Event(string name) => _events.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
