using StepTool.Core.Storage;

namespace StepTool.Tests.Grains;

/// <summary>A blob store that a test breaks: what is read fails as the test says of its content.</summary>
internal sealed class BrokenBlobs(IBlobStore blobs, Func<ReadOnlyMemory<byte>, StorageException?> fails) : IBlobStore, IBlobEraser
{
    public ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => blobs.PutAsync(content, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        var content = await blobs.GetAsync(hash, cancellationToken);
        return fails(content) is { } fault ? throw fault : content;
    }

    public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => blobs.ExistsAsync(hash, cancellationToken);

    public ValueTask EraseAsync(string hash, CancellationToken cancellationToken) => ((IBlobEraser)blobs).EraseAsync(hash, cancellationToken);
}
