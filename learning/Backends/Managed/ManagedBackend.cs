using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The backend in C# alone: the widest vectors of the machine, a few threads, nothing native to install.</summary>
/// <remarks>
/// Large operations are shared between threads. Results are the same bit by bit for any number of threads, since no sum is shared; between widths of vectors they
/// differ by rounding.
/// </remarks>
public sealed unsafe partial class ManagedBackend : IComputeBackend
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
        MatMulForm form,
        int rows,
        int columns,
        int inner,
        ReadOnlySpan<float> left,
        ReadOnlySpan<float> right,
        Span<float> result,
        bool accumulate = false,
        Span<float> activated = default)
    {
        Shapes.Require("left", left.Length, rows, inner);
        Shapes.Require("right", right.Length, inner, columns);
        Shapes.Require("result", result.Length, rows, columns);
        RequireActivated(activated, rows, columns);
        if (columns == 1)
        {
            MatrixVector.Multiply(form, rows, inner, left, right, result, accumulate);
            Activate(result, activated);
            return;
        }

        if (inner == 0)
        {
            if (!accumulate)
            {
                result.Clear();
            }

            Activate(result, activated);
            return;
        }

        fixed (float* a = left, b = right, c = result, after = activated)
        {
            var leftFactor = form == MatMulForm.LeftTransposed ? new Strided(a, 1, rows) : new Strided(a, inner, 1);
            var rightFactor = form == MatMulForm.RightTransposed ? new Strided(b, 1, inner) : new Strided(b, columns, 1);
            _threaded.Multiply(leftFactor, rightFactor, c, rows, columns, inner, accumulate ? c : null, accumulate ? columns : 0, after);
        }
    }

    /// <inheritdoc/>
    public void Linear(
        int rows, int columns, int inner, ReadOnlySpan<float> input, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> result, Span<float> activated = default)
    {
        Shapes.Require("input", input.Length, rows, inner);
        Shapes.Require("weight", weight.Length, inner, columns);
        Shapes.Require("bias", bias.Length, 1, columns);
        Shapes.Require("result", result.Length, rows, columns);
        RequireActivated(activated, rows, columns);
        if (columns == 1 || inner == 0)
        {
            FillRows(bias, result);
            MatMul(MatMulForm.Plain, rows, columns, inner, input, weight, result, accumulate: true, activated);
            return;
        }

        fixed (float* a = input, b = weight, c = result, row = bias, after = activated)
        {
            _threaded.Multiply(new Strided(a, inner, 1), new Strided(b, columns, 1), c, rows, columns, inner, row, 0, after);
        }
    }

    /// <inheritdoc/>
    public void AdamWStep(in AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment)
    {
        Shapes.Require("gradient", gradient.Length, 1, weights.Length);
        Shapes.Require("firstMoment", firstMoment.Length, 1, weights.Length);
        Shapes.Require("secondMoment", secondMoment.Length, 1, weights.Length);
        fixed (float* to = weights, slope = gradient, first = firstMoment, second = secondMoment)
        {
            _forkJoin.Run(Pieces.Of(weights.Length), new AdamWUpdate(step, to, slope, first, second, weights.Length));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _forkJoin.Dispose();

    private static void RequireActivated(Span<float> activated, int rows, int columns)
    {
        if (!activated.IsEmpty)
        {
            Shapes.Require("activated", activated.Length, rows, columns);
        }
    }

    private static void Activate(Span<float> result, Span<float> activated)
    {
        if (!activated.IsEmpty)
        {
            Elementwise.Silu(result, activated);
        }
    }

    private static KernelWidth Widest()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return KernelWidth.Bits512;
        }

        return Vector256.IsHardwareAccelerated && Fma.IsSupported ? KernelWidth.Bits256 : KernelWidth.Bits128;
    }
}
