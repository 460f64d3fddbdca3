using ModelContextProtocol.Client;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>A session with a server that runs.</summary>
/// <param name="client">Speaks with it.</param>
/// <param name="close">Ends what it runs in.</param>
internal sealed class McpConnection(McpClient client, Func<ValueTask> close) : IAsyncDisposable
{
    private volatile bool _isBroken;
    private int _users = 1; // whoever opened it

    /// <summary>Speaks with the server.</summary>
    public McpClient Client => client;

    public bool IsOpen => !_isBroken && !client.Completion.IsCompleted;

    /// <summary>Whether a call was answered.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Keeps the session until <see cref="Leave"/>. False where it has been closed.</summary>
    public bool TryEnter()
    {
        for (int users; (users = Volatile.Read(ref _users)) > 0;)
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Closes the session once nobody uses it any more: a call that has broken it must not take the others with it.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _ = DisposeAsync().AsTask(); // what is left of it
        }
    }

    /// <summary>Has the next call open another session, for one by HTTP does not notice that its server has forgotten it.</summary>
    public void Break() => _isBroken = true;

    /// <summary>Notes that a call was answered.</summary>
    public void Answer() => HasAnswered = true;

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await close();
    }
}

/// <summary>A server that cannot be reached; the message names key, value, rule and remedy.</summary>
internal sealed class McpUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How long no other attempt is made; null where the next may be made at once.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
