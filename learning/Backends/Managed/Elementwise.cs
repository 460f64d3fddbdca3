using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>Functions applied element by element, with the hardware's vectors.</summary>
internal static class Elementwise
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exponential(-x));

    /// <summary>x sigmoid(x) into <paramref name="result"/>.</summary>
    public static void Silu(ReadOnlySpan<float> input, Span<float> result) => Apply<SiluValue>(input, result);

    /// <summary>The same of a block of rows, which stand <paramref name="distance"/> apart.</summary>
    public static unsafe void Silu(float* input, float* result, nint distance, int rows, int columns)
    {
        if (columns == distance)
        {
            (rows, columns) = (1, rows * columns);
        }

        for (var row = 0; row < rows; row++)
        {
            Silu(new ReadOnlySpan<float>(input + (row * distance), columns), new Span<float>(result + (row * distance), columns));
        }
    }

    /// <summary>gradient * silu'(input) into <paramref name="gradient"/>.</summary>
    public static void SiluBackward(ReadOnlySpan<float> input, Span<float> gradient) => Apply<SiluGradient>(input, gradient);

    /// <summary>result = (input - mean) * scale.</summary>
    public static void Standardise(ReadOnlySpan<float> input, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, Span<float> result)
    {
        var results = MemoryMarshal.Cast<float, Vector<float>>(result);
        var inputs = MemoryMarshal.Cast<float, Vector<float>>(input)[..results.Length];
        var means = MemoryMarshal.Cast<float, Vector<float>>(mean)[..results.Length];
        var scales = MemoryMarshal.Cast<float, Vector<float>>(scale)[..results.Length];
        for (var index = 0; index < results.Length; index++)
        {
            results[index] = (inputs[index] - means[index]) * scales[index];
        }

        for (var index = results.Length * Vector<float>.Count; index < result.Length; index++)
        {
            result[index] = (input[index] - mean[index]) * scale[index];
        }
    }

    /// <summary>Keeps the larger of both, and in <paramref name="rows"/> the row in which it stands.</summary>
    public static void KeepLargest(ReadOnlySpan<float> input, int row, Span<float> largest, Span<int> rows)
    {
        var keeps = MemoryMarshal.Cast<float, Vector<float>>(largest);
        var inputs = MemoryMarshal.Cast<float, Vector<float>>(input)[..keeps.Length];
        var places = MemoryMarshal.Cast<int, Vector<int>>(rows)[..keeps.Length];
        for (var index = 0; index < keeps.Length; index++)
        {
            var larger = Vector.GreaterThan(inputs[index], keeps[index]);
            keeps[index] = Vector.ConditionalSelect(larger, inputs[index], keeps[index]);
            places[index] = Vector.ConditionalSelect(larger, new Vector<int>(row), places[index]);
        }

        for (var index = keeps.Length * Vector<float>.Count; index < largest.Length; index++)
        {
            if (input[index] > largest[index])
            {
                (largest[index], rows[index]) = (input[index], row);
            }
        }
    }

    /// <summary>result += factor * input.</summary>
    public static void AddScaled(ReadOnlySpan<float> input, float factor, Span<float> result)
    {
        ref var from = ref MemoryMarshal.GetReference(input);
        ref var to = ref MemoryMarshal.GetReference(result);
        var factors = new Vector<float>(factor);
        nuint index = 0;
        for (; index + (nuint)Vector<float>.Count <= (nuint)result.Length; index += (nuint)Vector<float>.Count)
        {
            var sum = Vector.LoadUnsafe(ref to, index) + (Vector.LoadUnsafe(ref from, index) * factors);
            sum.StoreUnsafe(ref to, index);
        }

        for (; index < (nuint)result.Length; index++)
        {
            Unsafe.Add(ref to, index) += factor * Unsafe.Add(ref from, index);
        }
    }

    /// <summary>softmax(scale * values), in place.</summary>
    public static void Softmax(float scale, Span<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var rest = values[(vectors.Length * Vector<float>.Count)..];
        var largests = new Vector<float>(float.NegativeInfinity);
        foreach (ref var vector in vectors)
        {
            vector *= scale;
            largests = Vector.Max(largests, vector);
        }

        var largest = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            largest = MathF.Max(largest, largests[lane]);
        }

        foreach (ref var value in rest)
        {
            value *= scale;
            largest = MathF.Max(largest, value);
        }

        var sums = Vector<float>.Zero;
        foreach (ref var vector in vectors)
        {
            vector = Exponential(vector - new Vector<float>(largest));
            sums += vector;
        }

        var sum = Vector.Sum(sums);
        foreach (ref var value in rest)
        {
            value = Exponential(new Vector<float>(value - largest))[0];
            sum += value;
        }

        var share = 1 / sum;
        foreach (ref var vector in vectors)
        {
            vector *= share;
        }

        foreach (ref var value in rest)
        {
            value *= share;
        }
    }

    /// <summary>gradient = scale * chances * (gradient - the sum of gradient * chances): through <see cref="Softmax"/>.</summary>
    public static void SoftmaxBackward(float scale, ReadOnlySpan<float> chances, Span<float> gradient)
    {
        var sum = Dot(chances, gradient);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var weights = MemoryMarshal.Cast<float, Vector<float>>(chances)[..vectors.Length];
        for (var index = 0; index < vectors.Length; index++)
        {
            vectors[index] = (vectors[index] - new Vector<float>(sum)) * weights[index] * scale;
        }

        for (var index = vectors.Length * Vector<float>.Count; index < gradient.Length; index++)
        {
            gradient[index] = (gradient[index] - sum) * chances[index] * scale;
        }
    }

    /// <summary>The sum of left * right.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var sums = Vector<float>.Zero;
        nuint index = 0;
        for (; index + (nuint)Vector<float>.Count <= (nuint)left.Length; index += (nuint)Vector<float>.Count)
        {
            sums += Vector.LoadUnsafe(ref a, index) * Vector.LoadUnsafe(ref b, index);
        }

        var sum = Vector.Sum(sums);
        for (; index < (nuint)left.Length; index++)
        {
            sum += Unsafe.Add(ref a, index) * Unsafe.Add(ref b, index);
        }

        return sum;
    }

    /// <summary>exp(x) to about 1e-7 relative, for x in [-87, 88]; beyond, the value at the nearer end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Exponential(Vector<float> x)
    {
        // exp(x) = 2^n exp(r), n = round(x / ln 2). Adding 1.5 * 2^23 rounds and leaves n in the low bits of the sum.
        const float rounding = 12582912f;
        x = Vector.Min(Vector.Max(x, new Vector<float>(-87f)), new Vector<float>(88f));
        var shifted = (x * new Vector<float>(1.44269504f)) + new Vector<float>(rounding);
        var n = shifted - new Vector<float>(rounding);
        var r = x - (n * new Vector<float>(0.693359375f)) - (n * new Vector<float>(-2.12194440e-4f));
        var series = new Vector<float>(1.9875691500e-4f);
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(1.3981999507e-3f));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(8.3334519073e-3f));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(4.1665795894e-2f));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(1.6666665459e-1f));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(0.5f));
        var fraction = Vector.MultiplyAddEstimate(series, r * r, r) + Vector<float>.One;
        var power = Vector.ShiftLeft(Vector.AsVectorInt32(shifted), 23) + Vector.AsVectorInt32(Vector<float>.One);
        return fraction * Vector.AsVectorSingle(power);
    }

    private static void Apply<TFunction>(ReadOnlySpan<float> input, Span<float> result)
        where TFunction : struct, IFunction
    {
        ref var from = ref MemoryMarshal.GetReference(input);
        ref var to = ref MemoryMarshal.GetReference(result);
        var width = (nuint)Vector<float>.Count;
        nuint index = 0;
        for (; index + width <= (nuint)result.Length; index += width)
        {
            TFunction.Invoke(Vector.LoadUnsafe(ref from, index), Vector.LoadUnsafe(ref to, index)).StoreUnsafe(ref to, index);
        }

        // The rest goes through the same vector code, so that a value does not depend on where it stands.
        var rest = result[(int)index..];
        if (rest.Length > 0)
        {
            Span<float> inputs = stackalloc float[Vector<float>.Count];
            Span<float> results = stackalloc float[Vector<float>.Count];
            inputs.Clear();
            results.Clear();
            input.Slice((int)index, rest.Length).CopyTo(inputs);
            rest.CopyTo(results);
            TFunction.Invoke(new Vector<float>(inputs), new Vector<float>(results)).CopyTo(results);
            results[..rest.Length].CopyTo(rest);
        }
    }

    private interface IFunction
    {
        static abstract Vector<float> Invoke(Vector<float> input, Vector<float> result);
    }

    private readonly struct SiluValue : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Invoke(Vector<float> input, Vector<float> result) => input * Sigmoid(input);
    }

    private readonly struct SiluGradient : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Invoke(Vector<float> input, Vector<float> result)
        {
            var sigmoid = Sigmoid(input);
            return result * sigmoid * (Vector<float>.One + (input * (Vector<float>.One - sigmoid)));
        }
    }
}
