using System.Buffers.Binary;
using System.Text.Json;

namespace StepTool.Learning.Checkpoints;

/// <summary>One tensor as the header of a safetensors file describes it.</summary>
internal sealed record TensorEntry(string Name, int[] Shape, long From, long To)
{
    private static readonly string[] KnownTypes = ["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "F64", "I64", "U64"];

    /// <summary>Reads and checks a header entry.</summary>
    public static TensorEntry Read(string source, JsonProperty property)
    {
        var name = property.Name;
        string? type = null;
        long[]? shape = null, offsets = null;
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyFormatException(source, $"tensor '{name}' is not described by a JSON object.");
        }

        foreach (var field in property.Value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when type is null:
                    type = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : field.Value.GetRawText();
                    break;
                case "shape" when shape is null:
                    shape = Numbers(source, name, field);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Numbers(source, name, field);
                    break;
                default:
                    throw new PolicyFormatException(source, $"tensor '{name}' has the field '{field.Name}' twice or beyond dtype, shape and data_offsets.");
            }
        }

        RequireType(source, name, type);
        if (shape is null || offsets is not { Length: 2 })
        {
            throw new PolicyFormatException(source, $"tensor '{name}' needs a shape and two data_offsets.");
        }

        return new TensorEntry(name, Sized(source, name, shape, offsets), offsets[0], offsets[1]);
    }

    /// <summary>Reads the numbers.</summary>
    public SafetensorsTensor Values(ReadOnlyMemory<byte> data)
    {
        var values = new float[data.Length / sizeof(float)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = BinaryPrimitives.ReadSingleLittleEndian(data.Span[(index * sizeof(float))..]);
        }

        return new SafetensorsTensor(Name, Shape, values);
    }

    private static void RequireType(string source, string name, string? type)
    {
        if (type == "F32")
        {
            return;
        }

        throw new PolicyFormatException(
            source,
            KnownTypes.Contains(type)
                ? $"tensor '{name}' is of type {type}; policies are stored as F32. Convert it."
                : $"tensor '{name}' is of the unknown type '{type}'; policies are stored as F32.");
    }

    private static int[] Sized(string source, string name, long[] shape, long[] offsets)
    {
        long bytes = sizeof(float);
        foreach (var length in shape)
        {
            // Checked while it grows, so that a product beyond 64 bits cannot pass for a small one.
            if (length > int.MaxValue || (bytes > 0 && length > int.MaxValue / bytes))
            {
                throw new PolicyFormatException(source, $"tensor '{name}' of shape [{string.Join(", ", shape)}] is larger than 2 GiB.");
            }

            bytes *= length;
        }

        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes)
        {
            throw new PolicyFormatException(
                source, $"tensor '{name}' of shape [{string.Join(", ", shape)}] needs {bytes} bytes, its data_offsets are [{offsets[0]}, {offsets[1]}].");
        }

        return [.. shape.Select(length => (int)length)];
    }

    private static long[] Numbers(string source, string name, JsonProperty field)
    {
        if (field.Value.ValueKind == JsonValueKind.Array)
        {
            var numbers = new long[field.Value.GetArrayLength()];
            var index = 0;
            foreach (var item in field.Value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[index]) || numbers[index] < 0)
                {
                    break;
                }

                index++;
            }

            if (index == numbers.Length)
            {
                return numbers;
            }
        }

        throw new PolicyFormatException(source, $"tensor '{name}' has '{field.Name}' {field.Value.GetRawText()}; whole numbers of at least 0 are needed.");
    }
}
