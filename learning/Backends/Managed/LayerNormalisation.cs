using System.Numerics;
using System.Runtime.InteropServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>Layer normalisation over rows and its gradients (Ba, Kiros and Hinton, 2016).</summary>
internal static unsafe class LayerNormalisation
{
    private const float Epsilon = 1e-5f;

    /// <summary>Normalises rows in place and writes normalised * gain + bias.</summary>
    public static void Forward(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> inverseDeviations, Span<float> result)
    {
        var columns = gain.Length;
        for (var row = 0; row < inverseDeviations.Length; row++)
        {
            var source = values.Slice(row * columns, columns);
            var mean = Sum(source) / columns;
            var variance = CentredSquares(source, mean) / columns;
            var scale = 1 / MathF.Sqrt(variance + Epsilon);
            inverseDeviations[row] = scale;
            Finish(source, mean, scale, gain, bias, result.Slice(row * columns, columns));
        }
    }

    /// <summary>The gradients of gain and bias: sums down the rows of some columns, of which <paramref name="distance"/> make a row.</summary>
    public static void Sums(float* normalised, float* gradient, int rows, int distance, Span<float> gainGradient, Span<float> biasGradient)
    {
        gainGradient.Clear();
        biasGradient.Clear();
        var gains = MemoryMarshal.Cast<float, Vector<float>>(gainGradient);
        var biases = MemoryMarshal.Cast<float, Vector<float>>(biasGradient)[..gains.Length];
        for (var row = 0; row < rows; row++, normalised += distance, gradient += distance)
        {
            for (var index = 0; index < gains.Length; index++)
            {
                var incoming = Vector.Load(gradient + (index * Vector<float>.Count));
                gains[index] += incoming * Vector.Load(normalised + (index * Vector<float>.Count));
                biases[index] += incoming;
            }

            for (var column = gains.Length * Vector<float>.Count; column < gainGradient.Length; column++)
            {
                gainGradient[column] += gradient[column] * normalised[column];
                biasGradient[column] += gradient[column];
            }
        }
    }

    /// <summary>The gradient of the input, in place of that of the result.</summary>
    public static void Backward(ReadOnlySpan<float> normalised, ReadOnlySpan<float> gain, ReadOnlySpan<float> inverseDeviations, Span<float> gradient)
    {
        var columns = gain.Length;
        for (var row = 0; row < inverseDeviations.Length; row++)
        {
            Row(normalised.Slice(row * columns, columns), gain, inverseDeviations[row], gradient.Slice(row * columns, columns));
        }
    }

    private static void Row(ReadOnlySpan<float> normalised, ReadOnlySpan<float> gain, float scale, Span<float> gradient)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var normals = MemoryMarshal.Cast<float, Vector<float>>(normalised)[..vectors.Length];
        var gains = MemoryMarshal.Cast<float, Vector<float>>(gain)[..vectors.Length];
        Vector<float> sums = default, products = default;
        for (var index = 0; index < vectors.Length; index++)
        {
            vectors[index] *= gains[index];
            sums += vectors[index];
            products += vectors[index] * normals[index];
        }

        var sum = Vector.Sum(sums);
        var product = Vector.Sum(products);
        var rest = vectors.Length * Vector<float>.Count;
        for (var column = rest; column < gradient.Length; column++)
        {
            gradient[column] *= gain[column];
            sum += gradient[column];
            product += gradient[column] * normalised[column];
        }

        // d input = scale (g - mean(g) - normalised mean(g normalised)), with g the gradient of the normalised row.
        var mean = sum / gradient.Length;
        var slope = product / gradient.Length;
        for (var index = 0; index < vectors.Length; index++)
        {
            vectors[index] = (vectors[index] - new Vector<float>(mean) - (normals[index] * slope)) * scale;
        }

        for (var column = rest; column < gradient.Length; column++)
        {
            gradient[column] = (gradient[column] - mean - (normalised[column] * slope)) * scale;
        }
    }

    private static float Sum(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            sums += vector;
        }

        var sum = Vector.Sum(sums);
        foreach (var value in row[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value;
        }

        return sum;
    }

    private static float CentredSquares(ReadOnlySpan<float> row, float mean)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            var centred = vector - new Vector<float>(mean);
            sums += centred * centred;
        }

        var sum = Vector.Sum(sums);
        foreach (var value in row[(vectors.Length * Vector<float>.Count)..])
        {
            sum += (value - mean) * (value - mean);
        }

        return sum;
    }

    private static void Finish(Span<float> row, float mean, float scale, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> result)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var results = MemoryMarshal.Cast<float, Vector<float>>(result)[..vectors.Length];
        var gains = MemoryMarshal.Cast<float, Vector<float>>(gain)[..vectors.Length];
        var biases = MemoryMarshal.Cast<float, Vector<float>>(bias)[..vectors.Length];
        for (var index = 0; index < vectors.Length; index++)
        {
            vectors[index] = (vectors[index] - new Vector<float>(mean)) * scale;
            results[index] = (vectors[index] * gains[index]) + biases[index];
        }

        for (var column = vectors.Length * Vector<float>.Count; column < row.Length; column++)
        {
            row[column] = (row[column] - mean) * scale;
            result[column] = (row[column] * gain[column]) + bias[column];
        }
    }
}
