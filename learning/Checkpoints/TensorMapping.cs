using StepTool.Learning.Models;

namespace StepTool.Learning.Checkpoints;

/// <summary>Puts flat arrays in a layout's order into named tensors, and back.</summary>
internal static class TensorMapping
{
    /// <summary>One tensor of the file for each tensor of the layout.</summary>
    public static IEnumerable<SafetensorsTensor> ToTensors(IReadOnlyList<TensorSlice> slices, string prefix, ReadOnlyMemory<float> values) =>
        slices.Select(slice => new SafetensorsTensor(prefix + slice.Name, Shape(slice), values.Slice(slice.Offset, slice.Length)));

    /// <summary>Takes the layout's tensors out of a file's, by name, and checks shapes and numbers.</summary>
    public static float[] FromTensors(
        string source, IReadOnlyList<TensorSlice> slices, string prefix, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
    {
        var values = new float[slices[^1].End];
        foreach (var slice in slices)
        {
            var name = prefix + slice.Name;
            if (!tensors.TryGetValue(name, out var tensor))
            {
                throw new PolicyFormatException(source, $"tensor '{name}' is missing. The file does not belong to this policy.json: restore both together.");
            }

            if (!tensor.Shape.SequenceEqual(Shape(slice)))
            {
                throw new PolicyFormatException(
                    source,
                    $"tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}], policy.json asks for [{string.Join(", ", Shape(slice))}]. Restore both files together.");
            }

            RequireFinite(source, tensor);
            tensor.Values.Span.CopyTo(slice.Of(values.AsSpan()));
        }

        return values;
    }

    /// <summary>Refuses a file with tensors that nobody asked for.</summary>
    public static void RequireNoOthers(string source, IEnumerable<string> known, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
    {
        var other = tensors.Keys.Except(known, StringComparer.Ordinal).FirstOrDefault();
        if (other is not null)
        {
            throw new PolicyFormatException(source, $"tensor '{other}' has no place in the network of policy.json. Restore both files together.");
        }
    }

    private static void RequireFinite(string source, SafetensorsTensor tensor)
    {
        var values = tensor.Values.Span;
        for (var index = 0; index < values.Length; index++)
        {
            if (!float.IsFinite(values[index]))
            {
                throw new PolicyFormatException(
                    source, $"tensor '{tensor.Name}' is {values[index]} at index {index}; every number must be finite. Go back to an earlier version: steptool policy rollback.");
            }
        }
    }

    private static int[] Shape(TensorSlice slice) => slice.Rows == 1 ? [slice.Columns] : [slice.Rows, slice.Columns];
}
