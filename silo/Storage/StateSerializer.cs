using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Grains.State;

namespace StepTool.Silo.Storage;

/// <summary>
/// Grain states as JSON in an envelope, the same in every store: a mark, the version of the form (<see cref="StateVersionAttribute"/>), how it is packed, then the content. What is longer than
/// <see cref="PackedFrom"/> is compressed with Brotli at its fastest: a text-heavy episode shrinks to a quarter in less time than its bytes take to write.
/// </summary>
/// <param name="options">The wire form, with type information of every state.</param>
public sealed class StateSerializer(JsonSerializerOptions options) : IGrainStorageSerializer
{
    /// <summary>Bytes of JSON from which a state is compressed.</summary>
    public const int PackedFrom = 4096;

    private const byte Mark = (byte)'S';
    private const byte Plain = 0;
    private const byte Brotli = 1;
    private const int HeaderLength = 3;
    private const int PackedHeaderLength = HeaderLength + sizeof(int);
    private const int LongestState = 256 << 20;

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write([Mark, Form<T>.Version, Plain]);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true }))
        {
            JsonSerializer.Serialize(writer, input, (JsonTypeInfo<T?>)options.GetTypeInfo(typeof(T)));
        }

        var json = buffer.WrittenSpan[HeaderLength..];
        return json.Length < PackedFrom ? new BinaryData(buffer.WrittenMemory) : Pack(json, Form<T>.Version);
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The record is corrupt, or was written by a newer version.</exception>
    public T? Deserialize<T>(BinaryData input)
    {
        var record = input.ToMemory().Span;
        if (record.Length < HeaderLength || record[0] != Mark || record[1] == 0)
        {
            throw Corrupt<T>(record, "it does not begin as a state");
        }

        if (record[1] > Form<T>.Version)
        {
            throw new StorageException(
                $"The record of {typeof(T).Name} has version {record[1]}; this build reads version {Form<T>.Version}. Run the version of StepTool that wrote it.");
        }

        var json = record[2] switch
        {
            Plain => record[HeaderLength..],
            Brotli => Unpack<T>(record),
            _ => throw Corrupt<T>(record, $"its packing {record[2]} is unknown"),
        };
        try
        {
            return JsonSerializer.Deserialize(json, (JsonTypeInfo<T?>)options.GetTypeInfo(typeof(T)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            throw Corrupt<T>(record, exception.Message, exception);
        }
    }

    private static BinaryData Pack(ReadOnlySpan<byte> json, byte version)
    {
        var packed = new byte[PackedHeaderLength + BrotliEncoder.GetMaxCompressedLength(json.Length)];
        (packed[0], packed[1], packed[2]) = (Mark, version, Brotli);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(HeaderLength), json.Length);
        return BrotliEncoder.TryCompress(json, packed.AsSpan(PackedHeaderLength), out var written, quality: 1, window: 18)
            ? new BinaryData(packed.AsMemory(0, PackedHeaderLength + written))
            : throw new InvalidOperationException("Brotli did not keep to its own bound.");
    }

    private static byte[] Unpack<T>(ReadOnlySpan<byte> record)
    {
        var length = record.Length < PackedHeaderLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(record[HeaderLength..]);
        if (length is < 0 or > LongestState)
        {
            throw Corrupt<T>(record, "its length is broken");
        }

        var json = new byte[length];
        return BrotliDecoder.TryDecompress(record[PackedHeaderLength..], json, out var written) && written == length
            ? json
            : throw Corrupt<T>(record, "it cannot be decompressed");
    }

    private static StorageException Corrupt<T>(ReadOnlySpan<byte> record, string reason, Exception? cause = null) => StorageException.OfDamage(
        $"The record of {typeof(T).Name} ({record.Length} bytes, version {(record.Length > 1 ? record[1] : 0)}) is corrupt: {reason.TrimEnd('.')}. "
        + "It stays as it is and keeps its grain from starting. Put back a copy of the data, or delete this record so that the grain starts afresh.",
        cause);

    private static class Form<T>
    {
        internal static readonly byte Version = StateVersionAttribute.Of(typeof(T));
    }
}
