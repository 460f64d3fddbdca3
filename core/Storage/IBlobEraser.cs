namespace StepTool.Core.Storage;

/// <summary>Removes content from a blob store. Whoever calls it knows that nothing else has the same content: the weights of a version, which bear its name.</summary>
public interface IBlobEraser
{
    /// <summary>Removes what is stored under a hash; harmless where nothing is.</summary>
    /// <exception cref="StorageException">The store failed; the content may still be there.</exception>
    ValueTask EraseAsync(string hash, CancellationToken cancellationToken);
}
