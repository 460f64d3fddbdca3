namespace StepTool.Silo.Tools.Mcp;

/// <summary>
/// One server's shared session: opened when it is first needed, opened again when it has ended. After a failure the next attempt waits, twice as long each time
/// up to a limit; who asks meanwhile is told at once how long.
/// </summary>
internal sealed class McpServer(Func<CancellationToken, Task<McpConnection>> connect, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task<McpConnection>? _connection;
    private int _failures;
    private TimeSpan _wait;
    private long _failedAt;

    /// <summary>The open session, kept until its user leaves it.</summary>
    /// <exception cref="McpUnavailableException">It cannot be opened, or was tried too short a time ago.</exception>
    public async Task<McpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        McpConnection connection;
        do
        {
            connection = await OpenAsync(cancellationToken);
        }
        while (!connection.TryEnter());

        return connection;
    }

    private Task<McpConnection> OpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (_connection is { IsCompletedSuccessfully: true, Result.IsOpen: false } ended)
            {
                ended.Result.Leave();
                Forget(ended.Result.HasAnswered ? 1 : _failures + 1);
            }
            else if (_connection is { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                Forget(_failures + 1);
            }

            if (_connection is null)
            {
                var left = _wait - time.GetElapsedTime(_failedAt);
                if (_failures > 0 && left > TimeSpan.Zero)
                {
                    throw new McpUnavailableException($"It has failed {_failures} times and is tried again in {left.TotalSeconds:0.0} seconds.") { RetryAfter = left };
                }

                _connection = Task.Run(() => connect(_stopping.Token));
            }

            return _connection.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<McpConnection>? connection;
        lock (_lock)
        {
            _stopping.Cancel();
            connection = _connection;
        }

        try
        {
            await using var open = connection is null ? null : await connection;
        }
        catch (Exception exception) when (exception is McpUnavailableException or OperationCanceledException)
        {
            // it never opened
        }

        _stopping.Dispose();
    }

    // The first time after it has answered it is opened again at once: most servers that end once do not end twice.
    private void Forget(int failures)
    {
        (_connection, _failures, _failedAt) = (null, failures, time.GetTimestamp());
        _wait = failures <= 1 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(failures - 2, 10)));
    }
}
