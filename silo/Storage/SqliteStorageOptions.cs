using Microsoft.Data.Sqlite;

namespace StepTool.Silo.Storage;

/// <summary>Settings of the database of grain state.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>When a commit has reached the disk. Default <see cref="SqliteSynchronous.Normal"/>.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Normal;

    /// <summary>Runs on each connection when it has been opened: how tests provoke a full or read-only disk.</summary>
    internal Action<SqliteConnection>? Opened { get; set; }
}

/// <summary>When a commit has reached the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// Commits survive the end of the process, killed or crashed. When the machine itself loses power, the last commits may be lost together, never out of
    /// order and never leaving a broken file; episodes then go on from an earlier step.
    /// </summary>
    Normal,

    /// <summary>Commits survive a loss of power too; each group waits for the disk.</summary>
    Full,
}
