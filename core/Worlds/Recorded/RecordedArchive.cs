using System.IO.Compression;
using System.Text.Json;
using StepTool.Core.Serialization;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>A StableToolBench folder as one compact content that any silo can load: equal folders give equal bytes.</summary>
/// <param name="Content">The archive's bytes, to be kept under their hash.</param>
/// <param name="Report">What was read and what was left out.</param>
public sealed record RecordedArchive(ReadOnlyMemory<byte> Content, ImportReport Report)
{
    private static readonly byte[] Magic = "steptool-world-1\n"u8.ToArray();

    /// <summary>Reads a folder in StableToolBench's layout and packs it. Entries that cannot be used are left out and reported.</summary>
    /// <param name="folder">Holds <c>solvable_queries/test_instruction</c>, <c>tools</c>, and optionally <c>tool_response_cache</c> and <c>recorded</c>.</param>
    /// <exception cref="RecordedWorldException">The folder is not in the layout, or nothing in it is usable.</exception>
    public static RecordedArchive Pack(string folder)
    {
        var (content, report) = new FolderReader(folder).Read();
        using var packed = new MemoryStream();
        packed.Write(Magic);
        using (var brotli = new BrotliStream(packed, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, content, ArchiveJsonContext.Default.Of<ArchiveContent>());
        }

        return new RecordedArchive(packed.ToArray(), report);
    }

    /// <summary>Whether the bytes are, by their first ones, an archive.</summary>
    public static bool IsArchive(ReadOnlySpan<byte> content) => content.StartsWith(Magic);

    internal static ArchiveContent Unpack(ReadOnlyMemory<byte> archive)
    {
        if (!IsArchive(archive.Span))
        {
            throw new RecordedWorldException("The content is not an archive of a recorded world (its first bytes differ). Import the folder again.");
        }

        try
        {
            using var packed = new MemoryStream(archive[Magic.Length..].ToArray(), writable: false);
            using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
            using var plain = new MemoryStream();
            brotli.CopyTo(plain);
            var content = JsonSerializer.Deserialize(plain.GetBuffer().AsSpan(0, (int)plain.Length), ArchiveJsonContext.Default.Of<ArchiveContent>());
            return content switch
            {
                { Version: > 0 and <= ArchiveContent.CurrentVersion } => content,
                { Version: > ArchiveContent.CurrentVersion } => throw new RecordedWorldException(
                    $"The archive has version {content.Version}; this build reads version {ArchiveContent.CurrentVersion}. Run the version of StepTool that wrote it, or import the folder again."),
                _ => throw new InvalidDataException("It does not tell its version."),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or NotSupportedException)
        {
            throw new RecordedWorldException($"The archive of a recorded world is damaged: {exception.Message} Import the folder again.", exception);
        }
    }
}
