namespace StepTool.Grains.Doctor;

/// <summary>All that a store holds, read past the grains and without ever writing: what a doctor looks at.</summary>
public interface IStoredContent : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    string Place { get; }

    /// <summary>What the store itself says is wrong with it; empty where all is well.</summary>
    Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>The records of grain state.</summary>
    IAsyncEnumerable<StoredRecord> RecordsAsync(CancellationToken cancellationToken);

    /// <summary>The blobs by their names; what has no hash for a name is none and is told by <see cref="CheckAsync"/>.</summary>
    IAsyncEnumerable<StoredBlob> BlobsAsync(CancellationToken cancellationToken);

    /// <summary>Reads a blob and checks it against its hash.</summary>
    /// <exception cref="Core.Storage.StorageException">It is missing, corrupt or cannot be read.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(string hash, CancellationToken cancellationToken);
}

/// <summary>A record as it is stored.</summary>
/// <param name="State">Name of the state; empty where the record is of no known kind.</param>
/// <param name="Key">Key of its grain, or all that is known of it.</param>
/// <param name="Content">Its bytes.</param>
public sealed record StoredRecord(string State, string Key, BinaryData Content);

/// <summary>A blob as it is stored.</summary>
/// <param name="Hash">Its name: 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Its length.</param>
public sealed record StoredBlob(string Hash, long Bytes);
