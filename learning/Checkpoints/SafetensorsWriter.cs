using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace StepTool.Learning.Checkpoints;

/// <summary>Writes safetensors: 8 bytes of header length, a JSON header, then the tensors one after the other. The same content gives the same bytes.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file's bytes.</summary>
    /// <param name="content">The tensors, in the order in which they will stand, and the metadata.</param>
    /// <exception cref="ArgumentException">A name appears twice or is reserved, or a shape does not fit its values.</exception>
    public static byte[] Write(SafetensorsContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var header = Header(content);
        var padded = (header.Length + Alignment - 1) / Alignment * Alignment;
        var file = new byte[sizeof(long) + padded + content.Tensors.Sum(tensor => tensor.Values.Length * sizeof(float))];
        BinaryPrimitives.WriteInt64LittleEndian(file, padded);
        header.Span.CopyTo(file.AsSpan(sizeof(long)));
        file.AsSpan(sizeof(long) + header.Length, padded - header.Length).Fill((byte)' ');
        var at = sizeof(long) + padded;
        foreach (var tensor in content.Tensors)
        {
            foreach (var value in tensor.Values.Span)
            {
                BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(at), value);
                at += sizeof(float);
            }
        }

        return file;
    }

    private static ReadOnlyMemory<byte> Header(SafetensorsContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (content.Metadata.Count > 0)
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in content.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        long from = 0;
        foreach (var tensor in content.Tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' is used twice or reserved.", nameof(content));
            }

            if (tensor.Shape.Aggregate(1L, (product, length) => product * length) != tensor.Values.Length)
            {
                throw new ArgumentException($"Tensor '{tensor.Name}' of shape [{string.Join(", ", tensor.Shape)}] has {tensor.Values.Length} values.", nameof(content));
            }

            var to = from + (tensor.Values.Length * sizeof(float));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", "F32");
            WriteNumbers(json, "shape", tensor.Shape.Select(length => (long)length));
            WriteNumbers(json, "data_offsets", [from, to]);
            json.WriteEndObject();
            from = to;
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
