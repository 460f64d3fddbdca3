using StepTool.Core.Storage;

namespace StepTool.Grains.State;

/// <summary>The two bytes before a blob's content: a mark, and the version of the form. Segments of outcomes, chunks of tasks and trajectories of version 1 have none.</summary>
/// <param name="Name">What the blob is, as it is told.</param>
/// <param name="Version">The version that is written; it and the older ones are read.</param>
internal sealed record BlobHead(string Name, byte Version)
{
    // What is deflated does not begin so (the low bits would be a block of a kind that does not exist), nor does JSON.
    private const byte Mark = (byte)'W';
    private const int Length = 2;

    /// <summary>Its bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => new byte[] { Mark, Version };

    /// <summary>What comes after the head.</summary>
    /// <exception cref="StorageException">A newer version wrote the blob.</exception>
    internal ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> blob) => blob.Span switch
    {
        [Mark, var version, ..] when version > Version =>
            throw new StorageException($"{Name} has version {version}; this build reads version {Version}. Run the version of StepTool that wrote it."),
        [Mark, _, ..] => blob[Length..],
        _ => blob,
    };
}
