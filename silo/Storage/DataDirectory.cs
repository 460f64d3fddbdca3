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

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>The database of grain state and small blobs.</summary>
    public string DatabasePath => System.IO.Path.Combine(Path, "state.db");

    /// <summary>The folder of large blobs.</summary>
    public string BlobsPath => System.IO.Path.Combine(Path, Blobs);

    private string OwnerPath => System.IO.Path.Combine(Path, "owner");

    /// <summary>Creates the folder where it is missing and takes it for this process until it is disposed.</summary>
    /// <exception cref="StorageException">Another process owns it, or it cannot be created or written.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream held;
        try
        {
            Directory.CreateDirectory(path);
            held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable(path, exception);
        }
        catch (IOException exception)
        {
            throw ReadOwner(path) is { } owner && exception is not (DirectoryNotFoundException or PathTooLongException)
                ? new StorageException(
                    $"Data directory '{path}' is in use by process {owner[0]}; one process owns it at a time. Add --silo {(owner.Length > 1 ? owner[1] : "URL")} to work through that process, or give another --data-dir.",
                    exception)
                : Unusable(path, exception);
        }

        var directory = new DataDirectory(path, held);
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
    public void Dispose() => _lock.Dispose();

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
