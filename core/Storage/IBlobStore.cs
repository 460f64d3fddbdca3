namespace StepTool.Core.Storage;

/// <summary>Content-addressed store of large things: worlds, weights, trajectories. What is stored never changes.</summary>
public interface IBlobStore
{
    /// <summary>Stores content under its SHA-256 and returns that hash as 64 lower-case hexadecimal digits. Storing twice is harmless.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads content and checks it against its hash.</summary>
    /// <exception cref="StorageException">Nothing is stored under the hash, it is corrupt, or the store failed.</exception>
    ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Whether something is stored under the hash.</summary>
    ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken);
}

/// <summary>State or blob storage failed: the boundary's one exception.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
