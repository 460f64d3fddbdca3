using System.Buffers.Binary;
using System.Text.Json;

namespace StepTool.Learning.Checkpoints;

/// <summary>Reads safetensors and trusts nothing: every length, offset, name and type is checked before a number is read.</summary>
public static class SafetensorsReader
{
    /// <summary>The longest header that is read, in bytes, as in the format's own implementation.</summary>
    public const long LargestHeader = 100_000_000;

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="source">The file or blob, for messages.</param>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="PolicyFormatException">The bytes are not a whole and valid safetensors file of single-precision tensors.</exception>
    public static SafetensorsContent Read(string source, ReadOnlyMemory<byte> file)
    {
        if (file.Length < sizeof(long))
        {
            throw new PolicyFormatException(source, $"the file has {file.Length} bytes and is cut before the header's length. Restore it from a backup or publish the policy again.");
        }

        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(file.Span);
        if (headerLength is < 2 or > LargestHeader)
        {
            throw new PolicyFormatException(source, $"the header claims {headerLength} bytes, allowed are 2 to {LargestHeader}. This is no safetensors file.");
        }

        if (headerLength > file.Length - sizeof(long))
        {
            throw new PolicyFormatException(source, $"the header claims {headerLength} bytes, the file has {file.Length - sizeof(long)} after the length. It is cut: restore it.");
        }

        using var header = Parse(source, file.Slice(sizeof(long), (int)headerLength));
        return Content(source, header.RootElement, file[(sizeof(long) + (int)headerLength)..]);
    }

    private static JsonDocument Parse(string source, ReadOnlyMemory<byte> header)
    {
        try
        {
            return JsonDocument.Parse(header);
        }
        catch (JsonException exception)
        {
            throw new PolicyFormatException(source, $"the header is not JSON at byte {sizeof(long) + exception.BytePositionInLine}. This is no safetensors file.", exception);
        }
    }

    private static SafetensorsContent Content(string source, JsonElement header, ReadOnlyMemory<byte> data)
    {
        if (header.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyFormatException(source, "the header is not a JSON object. This is no safetensors file.");
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in header.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw new PolicyFormatException(source, $"the name '{property.Name}' appears twice in the header. Names must be unique.");
            }

            if (property.Name == "__metadata__")
            {
                ReadMetadata(source, property.Value, metadata);
                continue;
            }

            entries.Add(property.Name, TensorEntry.Read(source, property));
        }

        return new SafetensorsContent(metadata, Tensors(source, entries.Values.OrderBy(entry => entry.From).ThenBy(entry => entry.To), data));
    }

    private static void ReadMetadata(string source, JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyFormatException(source, "'__metadata__' is not a JSON object of strings.");
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String || !metadata.TryAdd(property.Name, property.Value.GetString()!))
            {
                throw new PolicyFormatException(source, $"'__metadata__' key '{property.Name}' is not a string or appears twice.");
            }
        }
    }

    /// <summary>Tensors must tile the data: an overlap, a hole or a rest means that header and data do not belong together.</summary>
    private static List<SafetensorsTensor> Tensors(string source, IEnumerable<TensorEntry> entries, ReadOnlyMemory<byte> data)
    {
        List<SafetensorsTensor> tensors = [];
        long at = 0;
        foreach (var entry in entries)
        {
            if (entry.From != at)
            {
                var what = entry.From < at ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new PolicyFormatException(source, $"tensor '{entry.Name}' starts at {entry.From} and {what}, which ends at {at}.");
            }

            if (entry.To > data.Length)
            {
                throw new PolicyFormatException(source, $"tensor '{entry.Name}' ends at {entry.To}, the data has {data.Length} bytes. The file is cut: restore it.");
            }

            tensors.Add(entry.Values(data.Slice((int)entry.From, (int)(entry.To - entry.From))));
            at = entry.To;
        }

        if (at != data.Length)
        {
            throw new PolicyFormatException(source, $"the tensors end at {at}, the data has {data.Length} bytes. The file holds more than its header tells.");
        }

        return tensors;
    }
}
