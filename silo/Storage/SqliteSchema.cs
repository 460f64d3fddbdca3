using System.Globalization;
using Microsoft.Data.Sqlite;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Makes a new database, and refuses files that are not ours.</summary>
internal static class SqliteSchema
{
    /// <summary>Version of the tables, kept in the file's user_version.</summary>
    public const int Version = 1;

    /// <summary>Marks the file as ours: "Step" in ASCII.</summary>
    public const int ApplicationId = 0x53746570;

    // State rows are rewritten in place by key; blobs are appended, and only their short hashes go into an index, since those come in random order.
    // The epoch grows at each opening and starts the versions, so that none is ever given twice to one record, not even after it was cleared.
    private const string Tables = """
        CREATE TABLE epoch (value INTEGER NOT NULL);
        INSERT INTO epoch VALUES (0);
        CREATE TABLE grain_state (id INTEGER PRIMARY KEY, name TEXT NOT NULL, grain TEXT NOT NULL, version INTEGER NOT NULL, state BLOB NOT NULL, UNIQUE (grain, name));
        CREATE TABLE blob (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, content BLOB NOT NULL);
        """;

    /// <summary>Creates the tables in an empty file, checks them in any other, and answers the epoch of this opening.</summary>
    /// <exception cref="StorageException">The file is another application's, or of a newer schema.</exception>
    /// <exception cref="SqliteException">The file is no database, corrupt, or cannot be written.</exception>
    public static long Prepare(SqliteSession session, string path)
    {
        session.Execute("BEGIN IMMEDIATE");
        var (application, version) = (Pragma(session, "application_id"), Pragma(session, "user_version"));
        if (application == 0 && version == 0 && session.Scalar("SELECT count(*) FROM sqlite_schema") is 0L)
        {
            session.Execute(Tables + string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};"));
        }
        else
        {
            Check(application, version, path);
        }

        var epoch = session.Scalar("UPDATE epoch SET value = value + 1 RETURNING value");
        session.Execute("COMMIT");
        return epoch as long? ?? throw new StorageException($"'{path}' has lost its epoch. {SqliteFault.CorruptRemedy}");
    }

    /// <summary>Refuses a file by the two numbers in its head.</summary>
    /// <exception cref="StorageException">It is another application's, or of a newer schema.</exception>
    public static void Check(long application, long version, string path)
    {
        if (application != ApplicationId)
        {
            throw new StorageException(
                $"'{path}' is a database of another application (application_id {application}); it must be one of StepTool ({ApplicationId}). Move it away, or give another --data-dir.");
        }

        if (version != Version)
        {
            throw new StorageException(
                $"'{path}' has schema version {version}; this build reads version {Version}. Run the version of StepTool that wrote it, or give another --data-dir.");
        }
    }

    private static long Pragma(SqliteSession session, string name) => (long)session.Scalar($"PRAGMA {name}")!;
}
