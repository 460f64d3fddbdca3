using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// Blobs as files named by their hash, <c>ab/cdef...</c>. A file appears complete or not at all: it is written beside its place, brought to disk, and then
/// renamed. Any number of processes may share the folder.
/// </summary>
/// <param name="root">The folder; created where it is missing.</param>
public sealed class FolderBlobStore(string root) : IBlobStore, IBlobEraser
{
    private volatile bool _isInUse;

    // A folder that is mounted from elsewhere is empty, or not there, while it is not.
    private bool IsAway => !Directory.Exists(root) || !Directory.EnumerateFileSystemEntries(root).Any();

    /// <inheritdoc/>
    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = StableHash.Content(content.Span);
        var path = PathOf(hash);

        // A file of another length was broken from outside; content of the right one is checked when it is read.
        if (new FileInfo(path) is { Exists: true } file && file.Length == content.Length)
        {
            return hash;
        }

        var beside = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            if (_isInUse && IsAway)
            {
                throw new IOException(NotThere); // what was written now would be hidden once the folder is back
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var handle = File.OpenHandle(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, content.Length))
            {
                await RandomAccess.WriteAsync(handle, content, 0, cancellationToken);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(beside, path, overwrite: true);
            _isInUse = true;
            return hash;
        }
        catch (Exception exception)
        {
            Delete(beside);
            throw exception is IOException or UnauthorizedAccessException
                ? new StorageException($"Blob {hash} ({content.Length} bytes) could not be written to '{path}': {exception.Message} Check space and rights of the folder, then repeat.", exception)
                : exception;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        var path = PathOf(hash);
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw IsAway
                ? new StorageException($"Nothing is stored under {hash} that can be reached: {NotThere} What needs it goes on by itself.", exception)
                : StorageException.OfDamage($"Nothing is stored under {hash} ('{path}' is missing). Put back a copy of the data directory.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Blob '{path}' could not be read: {exception.Message} Check disk and rights, then repeat.", exception);
        }

        _isInUse = true;
        return StableHash.Content(content) == hash
            ? content
            : throw StorageException.OfDamage($"Blob '{path}' is corrupt: its {content.Length} bytes do not have the hash of its name. Put back a copy, or delete the file and store it again.");
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        return ValueTask.FromResult(File.Exists(PathOf(hash)));
    }

    /// <inheritdoc/>
    public ValueTask EraseAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        try
        {
            File.Delete(PathOf(hash));
            return ValueTask.CompletedTask;
        }
        catch (DirectoryNotFoundException)
        {
            return ValueTask.CompletedTask;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Blob '{PathOf(hash)}' could not be removed: {exception.Message} Check the rights of the folder, then repeat.", exception);
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The write's own failure is what the caller must hear of; a part left behind is harmless.
        }
    }

    private string NotThere => $"the folder of large blobs, '{root}', is not there or empty. Mount it, or put back a copy of the data directory.";

    private string PathOf(string hash) => Path.Combine(root, hash[..2], hash[2..]);
}
