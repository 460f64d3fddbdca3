using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StepTool.Core.Serialization;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Catalogues;

/// <summary>Reads what <see cref="CatalogueWriter"/> wrote: the index at once, an API when it is asked for.</summary>
internal sealed class CatalogueContent
{
    private readonly ReadOnlyMemory<byte> _content;

    /// <summary>Opens a catalogue.</summary>
    /// <exception cref="CatalogueException">The content is no catalogue, is damaged or of another version.</exception>
    public CatalogueContent(ReadOnlyMemory<byte> content)
    {
        if (!content.Span.StartsWith(CatalogueWriter.Magic) || content.Length < CatalogueWriter.Magic.Length + sizeof(int))
        {
            throw new CatalogueException("The content is not a catalogue of APIs (its first bytes differ). Import its sources again.");
        }

        _content = content[..^sizeof(int)];
        var length = BinaryPrimitives.ReadInt32LittleEndian(content.Span[^sizeof(int)..]);
        Index = Read(_content.Length - (long)length, length, CatalogueJson.Default.Of<CatalogueIndex>());
        if (Index.Version > CatalogueIndex.CurrentVersion)
        {
            throw new CatalogueException(
                $"The catalogue has version {Index.Version}; this build reads version {CatalogueIndex.CurrentVersion}. Run the version of StepTool that wrote it, or import its sources again.");
        }

        if (Index.Version < 1 || Index.Apis.IsDefaultOrEmpty)
        {
            throw Damaged("its index is empty.");
        }

        if (Index.Apis.Any(entry => entry?.Documentation is not { Key.Api: not null, Parameters.IsDefault: false })
            || Index.Apis.Zip(Index.Apis.Skip(1)).Any(pair => pair.First.Documentation.Key.CompareTo(pair.Second.Documentation.Key) >= 0))
        {
            throw Damaged("its APIs are not in the order of their keys.");
        }
    }

    public CatalogueIndex Index { get; }

    /// <summary>Reads one API whole.</summary>
    /// <exception cref="CatalogueException">The content is damaged.</exception>
    public ApiDefinition Read(CatalogueEntry entry)
    {
        var detail = Read(entry.Offset, entry.Length, CatalogueJson.Default.Of<CatalogueDetail>());
        return new ApiDefinition(entry.Documentation, detail.Template, detail.Answers.IsDefault ? [] : detail.Answers)
        {
            Others = detail.Others.IsDefault ? [] : detail.Others,
            Binding = entry.Binding,
            InputSchema = detail.InputSchema,
            ResponseSchema = detail.ResponseSchema,
        };
    }

    private T Read<T>(long offset, int length, JsonTypeInfo<T> form)
        where T : class
    {
        if (offset < CatalogueWriter.Magic.Length || length < 0 || offset + length > _content.Length)
        {
            throw Damaged("a part lies outside it.");
        }

        try
        {
            using var packed = new MemoryStream(_content.Slice((int)offset, length).ToArray(), writable: false);
            using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
            return JsonSerializer.Deserialize(brotli, form) ?? throw Damaged("a part is empty.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or NotSupportedException)
        {
            throw Damaged(exception.Message, exception);
        }
    }

    private static CatalogueException Damaged(string reason, Exception? cause = null)
    {
        var message = $"The catalogue is damaged: {reason} Import its sources again.";
        return cause is null ? new CatalogueException(message) : new CatalogueException(message, cause);
    }
}
