using ModelContextProtocol.Client;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>A session with a server that runs.</summary>
/// <param name="Client">Speaks with it.</param>
/// <param name="Close">Ends what it runs in.</param>
internal sealed record McpConnection(McpClient Client, Func<ValueTask> Close) : IAsyncDisposable
{
    public bool IsOpen => !Client.Completion.IsCompleted;

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Close();
    }
}

/// <summary>A server that cannot be reached; the message names key, value, rule and remedy.</summary>
internal sealed class McpUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How long no other attempt is made; null where the next may be made at once.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
