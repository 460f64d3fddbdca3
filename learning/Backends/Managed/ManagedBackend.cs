using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The backend in C# alone: the widest vectors of the machine, a few threads, nothing native to install.</summary>
/// <remarks>Results are the same bit by bit for any number of threads; between widths of vectors they differ by rounding.</remarks>
public sealed unsafe class ManagedBackend : IComputeBackend
{
    private readonly ForkJoin _forkJoin;
    private readonly ThreadedProduct _threaded;

    /// <summary>Makes a backend with its own threads.</summary>
    /// <param name="threads">How many threads work at once, the caller included, from 1 to 256. Default: one for each processor.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    public ManagedBackend(int? threads = null)
        : this(threads ?? Math.Min(Environment.ProcessorCount, 256), null)
    {
    }

    internal ManagedBackend(int threads, KernelWidth? width)
    {
        if (threads is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "The number of threads must be from 1 to 256. Leave it out for one a processor.");
        }

        Width = width ?? Widest();
        _forkJoin = new ForkJoin(threads);
        _threaded = new ThreadedProduct(_forkJoin, Width);
    }

    /// <inheritdoc/>
    public string Name => $"managed, {_threaded.Instructions}, {(Threads == 1 ? "1 thread" : $"{Threads} threads")}";

    /// <inheritdoc/>
    public int Threads => _forkJoin.Threads;

    /// <inheritdoc/>
    public int RowsPerShard => 256;

    internal KernelWidth Width { get; }

    /// <inheritdoc/>
    public void Run(int count, Action<int, int> body) => _forkJoin.Run(count, body);

    /// <inheritdoc/>
    public void MatMul(
        MatMulForm form, int rows, int columns, int inner, ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, bool accumulate = false)
    {
        Shapes.Require("left", left.Length, rows, inner);
        Shapes.Require("right", right.Length, inner, columns);
        Shapes.Require("result", result.Length, rows, columns);
        if (columns == 1)
        {
            MatrixVector.Multiply(form, rows, inner, left, right, result, accumulate);
            return;
        }

        fixed (float* a = left, b = right, c = result)
        {
            var leftFactor = form == MatMulForm.LeftTransposed ? new Strided(a, 1, rows) : new Strided(a, inner, 1);
            var rightFactor = form == MatMulForm.RightTransposed ? new Strided(b, 1, inner) : new Strided(b, columns, 1);
            _threaded.Multiply(leftFactor, rightFactor, c, rows, columns, inner, accumulate);
        }
    }

    /// <inheritdoc/>
    public void Standardise(ReadOnlySpan<float> input, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, Span<float> result)
    {
        Shapes.RequireRows("input", input.Length, mean.Length);
        Shapes.Require("result", result.Length, input.Length / mean.Length, mean.Length);
        for (var first = 0; first < input.Length; first += mean.Length)
        {
            Elementwise.Standardise(input.Slice(first, mean.Length), mean, scale, result.Slice(first, mean.Length));
        }
    }

    /// <inheritdoc/>
    public void AddTo(ReadOnlySpan<float> input, Span<float> result)
    {
        Shapes.Require("result", result.Length, 1, input.Length);
        Elementwise.AddScaled(input, 1, result);
    }

    /// <inheritdoc/>
    public void FillRows(ReadOnlySpan<float> row, Span<float> result)
    {
        Shapes.RequireRows("result", result.Length, row.Length);
        for (var first = 0; first < result.Length; first += row.Length)
        {
            row.CopyTo(result[first..]);
        }
    }

    /// <inheritdoc/>
    public void SumRows(ReadOnlySpan<float> input, Span<float> result)
    {
        Shapes.RequireRows("input", input.Length, result.Length);
        result.Clear();
        for (var first = 0; first < input.Length; first += result.Length)
        {
            Elementwise.AddScaled(input.Slice(first, result.Length), 1, result);
        }
    }

    /// <inheritdoc/>
    public void SpreadSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result)
    {
        Shapes.RequireSegments(offsets, input.Length, result.Length);
        Segments.Spread(offsets, input, average, result);
    }

    /// <inheritdoc/>
    public void SumSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result)
    {
        Shapes.RequireSegments(offsets, result.Length, input.Length);
        Segments.Sum(offsets, input, average, result);
    }

    /// <inheritdoc/>
    public void MaxSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, Span<float> result, Span<int> rows)
    {
        Shapes.RequireSegments(offsets, result.Length, input.Length);
        Shapes.Require("rows", rows.Length, 1, result.Length);
        Segments.Max(offsets, input, result, rows);
    }

    /// <inheritdoc/>
    public void LogSoftmaxSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> logits, Span<float> result)
    {
        Shapes.RequireSegments(offsets, offsets.Length - 1, logits.Length);
        Shapes.Require("result", result.Length, 1, logits.Length);
        Segments.LogSoftmax(offsets, logits, result);
    }

    /// <inheritdoc/>
    public void Silu(ReadOnlySpan<float> input, Span<float> result)
    {
        Shapes.Require("result", result.Length, 1, input.Length);
        Elementwise.Silu(input, result);
    }

    /// <inheritdoc/>
    public void SiluBackward(ReadOnlySpan<float> input, Span<float> gradient)
    {
        Shapes.Require("gradient", gradient.Length, 1, input.Length);
        Elementwise.SiluBackward(input, gradient);
    }

    /// <inheritdoc/>
    public void LayerNorm(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> inverseDeviations, Span<float> result)
    {
        Shapes.Require("values", values.Length, inverseDeviations.Length, gain.Length);
        Shapes.Require("bias", bias.Length, 1, gain.Length);
        Shapes.Require("result", result.Length, inverseDeviations.Length, gain.Length);
        LayerNormalisation.Forward(values, gain, bias, inverseDeviations, result);
    }

    /// <inheritdoc/>
    public void LayerNormBackward(
        ReadOnlySpan<float> normalised,
        ReadOnlySpan<float> gain,
        ReadOnlySpan<float> inverseDeviations,
        Span<float> gradient,
        Span<float> gainGradient,
        Span<float> biasGradient)
    {
        Shapes.Require("normalised", normalised.Length, inverseDeviations.Length, gain.Length);
        Shapes.Require("gradient", gradient.Length, inverseDeviations.Length, gain.Length);
        Shapes.Require("gainGradient", gainGradient.Length, 1, gain.Length);
        Shapes.Require("biasGradient", biasGradient.Length, 1, gain.Length);
        LayerNormalisation.Backward(normalised, gain, inverseDeviations, gradient, gainGradient, biasGradient);
    }

    /// <inheritdoc/>
    public void AdamWStep(in AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment)
    {
        Shapes.Require("gradient", gradient.Length, 1, weights.Length);
        Shapes.Require("firstMoment", firstMoment.Length, 1, weights.Length);
        Shapes.Require("secondMoment", secondMoment.Length, 1, weights.Length);
        AdamWUpdate.Apply(step, weights, gradient, firstMoment, secondMoment);
    }

    /// <inheritdoc/>
    public void Dispose() => _forkJoin.Dispose();

    private static KernelWidth Widest()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return KernelWidth.Bits512;
        }

        return Vector256.IsHardwareAccelerated && Fma.IsSupported ? KernelWidth.Bits256 : KernelWidth.Bits128;
    }
}
