using System.Collections.Concurrent;
using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Blobs that live as long as the process: for tests and for runs that keep nothing.</summary>
public sealed class MemoryBlobStore : IBlobStore, IBlobEraser
{
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _blobs = new();

    /// <inheritdoc/>
    public ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = StableHash.Content(content.Span);
        _ = _blobs.GetOrAdd(hash, static (_, given) => given.ToArray(), content); // the caller may use its buffer again
        return ValueTask.FromResult(hash);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        return _blobs.TryGetValue(hash, out var content)
            ? ValueTask.FromResult(content)
            : ValueTask.FromException<ReadOnlyMemory<byte>>(StorageException.OfDamage($"Nothing is stored under {hash}; blobs in memory end with their process."));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        return ValueTask.FromResult(_blobs.ContainsKey(hash));
    }

    /// <inheritdoc/>
    public ValueTask EraseAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        _blobs.TryRemove(hash, out _);
        return ValueTask.CompletedTask;
    }
}
