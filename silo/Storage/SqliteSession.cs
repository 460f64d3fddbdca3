using Microsoft.Data.Sqlite;

namespace StepTool.Silo.Storage;

/// <summary>One connection with its prepared statements. Not safe for concurrent use.</summary>
internal sealed class SqliteSession : IDisposable
{
    // A checkpoint moves the log into the file and waits for the disk: one for every 16 MB, not for every 4.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <summary>Opens the file, created where it is missing.</summary>
    /// <exception cref="SqliteException">It cannot be opened or is no database.</exception>
    public SqliteSession(string path, SqliteStorageOptions options)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            _connection.Open();
            Execute($"{Settings} PRAGMA synchronous = {(options.Synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL")};");
            options.Opened?.Invoke(_connection);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The statement of a text, prepared once, with its parameters bound by position to $1, $2, ...</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var place = 1; place <= values.Length; place++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${place}" });
            }

            _commands.Add(sql, command);
        }

        for (var place = 0; place < values.Length; place++)
        {
            command.Parameters[place].Value = values[place];
        }

        return command;
    }

    /// <summary>Runs statements without a result.</summary>
    public void Execute(string sql) => Command(sql).ExecuteNonQuery();

    /// <summary>The first value of the first row, or null without a row.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object> values) => Command(sql, values).ExecuteScalar();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }
}
