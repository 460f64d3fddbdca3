using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using StepTool.Core.Chance;
using StepTool.Core.Storage;
using StepTool.Grains.Doctor;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Doctor;

/// <summary>
/// A data directory, looked at. Where the database has a log that is not in the file yet, because its last owner was killed, a copy of both is read, since reading
/// them in their place would move the log into the file.
/// </summary>
internal sealed class DirectoryContent : IStoredContent
{
    private readonly DataDirectory _directory;
    private readonly SqliteConnection _connection;
    private readonly FolderBlobStore _large;
    private readonly string? _copy;

    /// <summary>Takes the folder for looking.</summary>
    /// <exception cref="StorageException">It is in use, or no data directory.</exception>
    public DirectoryContent(string path)
    {
        _directory = DataDirectory.Look(path);
        try
        {
            if (!File.Exists(_directory.DatabasePath))
            {
                throw new StorageException($"Data directory '{_directory.Path}' has no state.db. Put back a copy, or give another --data-dir.");
            }

            if (new FileInfo(_directory.DatabasePath).Length == 0)
            {
                throw new StorageException($"'{_directory.DatabasePath}' is an empty file; it must be a database. Put back a copy; nothing was changed.");
            }

            _large = new FolderBlobStore(_directory.BlobsPath);
            _copy = new FileInfo(_directory.DatabasePath + "-wal") is { Exists: true, Length: > 0 } ? Copied(_directory.DatabasePath) : null;
            var source = _copy is null ? $"file:{Uri.EscapeDataString(_directory.DatabasePath).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1" : Path.Combine(_copy, "state.db");
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = source,
                Pooling = false,
                Mode = _copy is null ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            }.ToString());
            Read(() =>
            {
                _connection.Open();
                SqliteSchema.Check((long)Scalar("PRAGMA application_id")!, (long)Scalar("PRAGMA user_version")!, _directory.DatabasePath);
                return true;
            });
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Place => $"data directory '{_directory.Path}'";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        await foreach (var line in RowsAsync("PRAGMA integrity_check", row => row.GetString(0), cancellationToken))
        {
            if (line != "ok")
            {
                faults.Add($"'{_directory.DatabasePath}': {line}. {SqliteFault.CorruptRemedy}");
            }
        }

        return faults;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredRecord> RecordsAsync(CancellationToken cancellationToken) =>
        RowsAsync("SELECT name, grain, state FROM grain_state", row => new StoredRecord(row.GetString(0), row.GetString(1)[(row.GetString(1).IndexOf('/', StringComparison.Ordinal) + 1)..], new BinaryData(row.GetFieldValue<byte[]>(2))), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredBlob> BlobsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync("SELECT hash, length(content) FROM blob", row => new StoredBlob(Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0)), row.GetInt64(1)), cancellationToken))
        {
            yield return row;
        }

        foreach (var file in Directory.Exists(_directory.BlobsPath) ? new DirectoryInfo(_directory.BlobsPath).EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            var name = file.Directory!.Name + file.Name;
            if (ContentHash.IsOne(name))
            {
                yield return new StoredBlob(name, file.Length); // others are parts that were never finished, or not ours
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(string hash, CancellationToken cancellationToken)
    {
        if (Read(() => Scalar("SELECT content FROM blob WHERE hash = $1", Convert.FromHexString(hash))) is not byte[] content)
        {
            return await _large.GetAsync(hash, cancellationToken);
        }

        return StableHash.Content(content) == hash
            ? content
            : throw StorageException.OfDamage($"Blob {hash} in '{_directory.DatabasePath}' is corrupt: its {content.Length} bytes do not have that hash. {SqliteFault.CorruptRemedy}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private static string Copied(string database)
    {
        var copy = Directory.CreateTempSubdirectory("steptool-doctor-").FullName;
        foreach (var file in (string[])["", "-wal"])
        {
            File.Copy(database + file, Path.Combine(copy, "state.db" + file));
        }

        return copy;
    }

    private async IAsyncEnumerable<T> RowsAsync<T>(string sql, Func<SqliteDataReader, T> row, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new SqliteCommand(sql, _connection);
        await using var reader = Read(command.ExecuteReader);
        while (Read(reader.Read))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Read(() => row(reader));
        }
    }

    private object? Scalar(string sql, byte[]? key = null)
    {
        using var command = new SqliteCommand(sql, _connection);
        if (key is not null)
        {
            command.Parameters.AddWithValue("$1", key);
        }

        return command.ExecuteScalar();
    }

    private T Read<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw SqliteFault.Explain(_directory.DatabasePath, error);
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _directory.Dispose();
        if (_copy is not null)
        {
            Directory.Delete(_copy, recursive: true);
        }
    }
}
