using Microsoft.Data.Sqlite;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Turns SQLite's errors into the boundary's exception, with cause and remedy.</summary>
internal static class SqliteFault
{
    /// <summary>A value longer than SQLite takes; the rest of the transaction is unharmed.</summary>
    public const int TooBig = 18;

    /// <summary>What to do about a corrupt file.</summary>
    public const string CorruptRemedy = "Put back a copy of the data directory, or save what can be read with 'sqlite3 state.db .recover'; nothing has been changed.";

    /// <summary>Explains an error.</summary>
    public static StorageException Explain(string path, SqliteException error) => new(
        error.SqliteErrorCode switch
        {
            5 or 6 => $"'{path}' is locked by another process; one process writes it at a time. End that process.",
            8 or 3 => $"'{path}' is read-only; nothing was written. Make the file and its folder writable for this process; it then goes on by itself.",
            10 => $"'{path}' could not be read or written ({error.Message}). Check the disk; the storage goes on by itself when it works again.",
            11 => $"'{path}' is corrupt ({error.Message}). {CorruptRemedy}",
            13 => $"The disk of '{path}' is full; nothing was written. Free some space; the storage then goes on by itself.",
            14 => $"'{path}' cannot be opened; it must be a file that this process may read and write. Mend that, or give another --data-dir.",
            TooBig => $"A value for '{path}' is too long ({error.Message}); large content belongs in the blob store.",
            26 => $"'{path}' is no SQLite database; it must be one of StepTool. Move it away, or give another --data-dir.",
            _ => $"'{path}' failed ({error.Message}). The storage goes on by itself when the cause is gone.",
        },
        error);
}
