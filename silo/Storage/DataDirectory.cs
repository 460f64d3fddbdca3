using System.Globalization;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// A folder of grain state and blobs, owned by one process at a time. The lock is held by the operating system and ends with the process, however it ends,
/// so that there is no stale lock to clear.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    internal const string Blobs = "blobs";
    private const string Database = "state.db";

    private readonly FileStream? _lock;

    private DataDirectory(string path, FileStream? held) => (Path, _lock) = (path, held);

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>The database of grain state and small blobs.</summary>
    public string DatabasePath => System.IO.Path.Combine(Path, Database);

    /// <summary>The folder of large blobs.</summary>
    public string BlobsPath => System.IO.Path.Combine(Path, Blobs);

    private string OwnerPath => System.IO.Path.Combine(Path, "owner");

    /// <summary>Creates the folder where it is missing and takes it for this process until it is disposed.</summary>
    /// <exception cref="StorageException">Another process owns it, or it cannot be created or written.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var directory = Hold(
            path,
            () =>
            {
                Directory.CreateDirectory(path);
                return new FileStream(LockPath(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            },
            url => url is null ? "Wait until it has ended, or give another --data-dir." : $"Commands work through it with --silo {url}; a second silo needs another --data-dir.");
        try
        {
            directory.Announce(null);
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        return directory;
    }

    /// <summary>
    /// Takes a folder that is there already for looking only, until it is disposed: nothing in it is written, and nobody else takes it meanwhile. A copy without a
    /// lock is nobody's, and looked at without one.
    /// </summary>
    /// <exception cref="StorageException">Another process owns it, or it is no data directory.</exception>
    public static DataDirectory Look(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Require(path);
        return File.Exists(LockPath(path))
            ? Hold(path, () => new FileStream(LockPath(path), FileMode.Open, FileAccess.Read, FileShare.None), _ => "Let it stop first, or give a copy with --data-dir.")
            : new DataDirectory(path, held: null);
    }

    /// <summary>Whether there is one, or a copy of one.</summary>
    public static bool Exists(string path) => File.Exists(LockPath(path)) || File.Exists(System.IO.Path.Combine(path, Database));

    /// <summary>Refuses a path where there is none.</summary>
    /// <exception cref="StorageException">It is no data directory.</exception>
    public static void Require(string path)
    {
        if (!Exists(path))
        {
            throw new StorageException($"'{System.IO.Path.GetFullPath(path)}' is no data directory of StepTool; it must be a folder that a silo or a console has used, or a copy of one. Give another with --data-dir.");
        }
    }

    /// <summary>Tells others who find the folder in use where its owner listens.</summary>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public void Announce(string? url)
    {
        try
        {
            File.WriteAllText(OwnerPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {url}").TrimEnd());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(Path, exception);
        }
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose() => _lock?.Dispose();

    private static DataDirectory Hold(string path, Func<FileStream> take, Func<string?, string> remedy)
    {
        try
        {
            return new DataDirectory(path, take());
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable(path, exception);
        }
        catch (IOException exception)
        {
            throw ReadOwner(path) is { } owner && exception is not (DirectoryNotFoundException or PathTooLongException)
                ? new StorageException($"Data directory '{path}' is in use by process {owner[0]}; one process owns it at a time. {remedy(owner.ElementAtOrDefault(1))}", exception)
                : Unusable(path, exception);
        }
    }

    private static string LockPath(string path) => System.IO.Path.Combine(path, "lock");

    // The lock itself cannot be read while it is held, so its owner is named beside it.
    private static string[]? ReadOwner(string path)
    {
        try
        {
            var words = File.ReadAllText(System.IO.Path.Combine(path, "owner")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 0 ? words : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static StorageException Unusable(string path, Exception exception) => new(
        $"Data directory '{path}' cannot be used: {exception.Message} It must be a folder that this process may write. Mend that, or give another with --data-dir.", exception);
}
