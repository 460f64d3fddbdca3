using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// The database file: one loop writes, and all writes that came while it was committing share the next transaction, so that throughput does not hang on
/// the cost of a commit. A caller goes on when its write is committed. Reads run beside on connections of their own.
/// </summary>
/// <remarks>After any error the connection is thrown away and the next use opens another: the storage recovers when the cause is gone.</remarks>
public sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    private const int LargestGroup = 1024;
    private const int LongestQueue = 8192;
    private const int EpochShift = 40;

    private readonly SqliteStorageOptions _options;
    private readonly Channel<SqliteWrite> _queue = Channel.CreateBounded<SqliteWrite>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly Task _writing;
    private SqliteSession? _writer;
    private long _version;

    /// <summary>Opens the file, created where it is missing, and checks that it is ours and can be written.</summary>
    /// <exception cref="StorageException">It is foreign, newer, corrupt, locked, or cannot be written; the message says which and what to do.</exception>
    public SqliteDatabase(string path, SqliteStorageOptions options)
    {
        (Path, _options) = (path, options);
        try
        {
            _writer = new SqliteSession(path, options);
            _version = SqliteSchema.Prepare(_writer, path) << EpochShift;
        }
        catch (Exception exception)
        {
            _writer?.Dispose();
            throw exception is SqliteException error ? SqliteFault.Explain(path, error) : exception;
        }

        _writing = Task.Run(WriteLoopAsync);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>A version that no record of this file has had.</summary>
    internal long NextVersion() => Interlocked.Increment(ref _version);

    /// <summary>Does a write in the next group and answers when that is committed; waits while the queue is full.</summary>
    /// <exception cref="StorageException">The group could not be committed: nothing was written.</exception>
    internal async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken = default)
    {
        var write = new SqliteWrite<T>(work);
        try
        {
            await _queue.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new StorageException($"'{Path}' is closed: the silo is stopping. Nothing was written.", exception);
        }

        return await write.Committed;
    }

    /// <summary>Reads what is committed.</summary>
    /// <exception cref="StorageException">The file could not be read.</exception>
    internal T Read<T>(Func<SqliteSession, T> work)
    {
        SqliteSession? session = null;
        try
        {
            session = _readers.TryTake(out var idle) ? idle : new SqliteSession(Path, _options);
            var result = work(session);
            _readers.Add(session);
            return result;
        }
        catch (SqliteException error)
        {
            session?.Dispose();
            throw SqliteFault.Explain(Path, error);
        }
    }

    /// <summary>Commits what is queued, moves the log into the file and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _writer?.Dispose(); // the last connection to close empties the log into the file
        _writer = null;
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task WriteLoopAsync()
    {
        var group = new List<SqliteWrite>(LargestGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < LargestGroup && _queue.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            Commit(group);
        }
    }

    private void Commit(List<SqliteWrite> group)
    {
        try
        {
            _writer ??= new SqliteSession(Path, _options);
            _writer.Execute("BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                write.Execute(_writer, Path);
            }

            _writer.Execute("COMMIT");
        }
        catch (Exception exception)
        {
            // Closing rolls back. Nobody in the group may believe to have written; whatever the error, the loop must live.
            _writer?.Dispose();
            _writer = null;
            var fault = exception is SqliteException error
                ? SqliteFault.Explain(Path, error)
                : new StorageException($"'{Path}' failed ({exception.Message}); nothing was written.", exception);
            group.ForEach(write => write.Fail(fault));
            return;
        }

        group.ForEach(write => write.Complete());
    }
}
