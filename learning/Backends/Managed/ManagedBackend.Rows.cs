namespace StepTool.Learning.Backends.Managed;

/// <content>Operations on numbers one by one, and on rows.</content>
public sealed unsafe partial class ManagedBackend
{
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
        fixed (float* from = input, to = result)
        {
            _forkJoin.Run(Pieces.Of(input.Length), new AddWork(from, to, input.Length));
        }
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
    public void AddRows(ReadOnlySpan<float> row, Span<float> result)
    {
        Shapes.RequireRows("result", result.Length, row.Length);
        fixed (float* from = row, to = result)
        {
            var rows = result.Length / row.Length;
            _forkJoin.Run(Pieces.OfRows(rows, row.Length), new AddRowsWork(from, to, rows, row.Length));
        }
    }

    /// <inheritdoc/>
    public void SumRows(ReadOnlySpan<float> input, Span<float> result)
    {
        Shapes.RequireRows("input", input.Length, result.Length);
        var rows = input.Length / result.Length;
        fixed (float* from = input, to = result)
        {
            _forkJoin.Run(Pieces.OfColumns(rows, result.Length), new SumRowsWork(from, to, rows, result.Length));
        }
    }

    /// <inheritdoc/>
    public void SiluBackward(ReadOnlySpan<float> input, Span<float> gradient)
    {
        Shapes.Require("gradient", gradient.Length, 1, input.Length);
        fixed (float* from = input, to = gradient)
        {
            _forkJoin.Run(Pieces.Of(input.Length), new SiluBackwardWork(from, to, input.Length));
        }
    }

    /// <inheritdoc/>
    public void LayerNorm(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> inverseDeviations, Span<float> result, Span<float> activated = default)
    {
        var (rows, columns) = (inverseDeviations.Length, gain.Length);
        Shapes.Require("values", values.Length, rows, columns);
        Shapes.Require("bias", bias.Length, 1, columns);
        Shapes.Require("result", result.Length, rows, columns);
        RequireActivated(activated, rows, columns);
        fixed (float* input = values, scale = gain, shift = bias, deviations = inverseDeviations, to = result, after = activated)
        {
            _forkJoin.Run(Pieces.OfRows(rows, columns), new LayerNormWork(input, scale, shift, deviations, to, after, rows, columns));
        }
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
        var (rows, columns) = (inverseDeviations.Length, gain.Length);
        Shapes.Require("normalised", normalised.Length, rows, columns);
        Shapes.Require("gradient", gradient.Length, rows, columns);
        Shapes.Require("gainGradient", gainGradient.Length, 1, columns);
        Shapes.Require("biasGradient", biasGradient.Length, 1, columns);
        fixed (float* from = normalised, scale = gain, deviations = inverseDeviations, to = gradient, gains = gainGradient, biases = biasGradient)
        {
            // The sums down the rows come first: after them the gradient of the result is gone.
            _forkJoin.Run(Pieces.OfColumns(rows, columns), new LayerNormSumsWork(from, to, gains, biases, rows, columns));
            _forkJoin.Run(Pieces.OfRows(rows, columns), new LayerNormBackwardWork(from, scale, deviations, to, rows, columns));
        }
    }

    private readonly struct AddWork(float* input, float* result, int length) : IWork
    {
        public void Run(int index)
        {
            var (start, count) = (index * Pieces.Length, Math.Min(Pieces.Length, length - (index * Pieces.Length)));
            Elementwise.AddScaled(new ReadOnlySpan<float>(input + start, count), 1, new Span<float>(result + start, count));
        }
    }

    private readonly struct SiluBackwardWork(float* input, float* gradient, int length) : IWork
    {
        public void Run(int index)
        {
            var (start, count) = (index * Pieces.Length, Math.Min(Pieces.Length, length - (index * Pieces.Length)));
            Elementwise.SiluBackward(new ReadOnlySpan<float>(input + start, count), new Span<float>(gradient + start, count));
        }
    }

    private readonly struct AddRowsWork(float* row, float* result, int rows, int columns) : IWork
    {
        public void Run(int index)
        {
            var step = Pieces.Rows(columns);
            for (var place = index * step; place < Math.Min(rows, (index + 1) * step); place++)
            {
                Elementwise.AddScaled(new ReadOnlySpan<float>(row, columns), 1, new Span<float>(result + ((nint)place * columns), columns));
            }
        }
    }

    private readonly struct SumRowsWork(float* input, float* result, int rows, int columns) : IWork
    {
        public void Run(int index)
        {
            var width = Pieces.OfColumns(rows, columns) == 1 ? columns : Pieces.Columns;
            var (start, count) = (index * width, Math.Min(width, columns - (index * width)));
            var sum = new Span<float>(result + start, count);
            sum.Clear();
            for (var row = 0; row < rows; row++)
            {
                Elementwise.AddScaled(new ReadOnlySpan<float>(input + ((nint)row * columns) + start, count), 1, sum);
            }
        }
    }

    private readonly struct LayerNormWork(float* values, float* gain, float* bias, float* deviations, float* result, float* activated, int rows, int columns) : IWork
    {
        public void Run(int index)
        {
            var first = index * Pieces.Rows(columns);
            var count = Math.Min(Pieces.Rows(columns), rows - first);
            var made = result + ((nint)first * columns);
            LayerNormalisation.Forward(
                new Span<float>(values + ((nint)first * columns), count * columns),
                new ReadOnlySpan<float>(gain, columns),
                new ReadOnlySpan<float>(bias, columns),
                new Span<float>(deviations + first, count),
                new Span<float>(made, count * columns));
            if (activated is not null)
            {
                Elementwise.Silu(made, activated + ((nint)first * columns), columns, count, columns);
            }
        }
    }

    private readonly struct LayerNormSumsWork(float* normalised, float* gradient, float* gains, float* biases, int rows, int columns) : IWork
    {
        public void Run(int index)
        {
            var width = Pieces.OfColumns(rows, columns) == 1 ? columns : Pieces.Columns;
            var (start, count) = (index * width, Math.Min(width, columns - (index * width)));
            LayerNormalisation.Sums(normalised + start, gradient + start, rows, columns, new Span<float>(gains + start, count), new Span<float>(biases + start, count));
        }
    }

    private readonly struct LayerNormBackwardWork(float* normalised, float* gain, float* deviations, float* gradient, int rows, int columns) : IWork
    {
        public void Run(int index)
        {
            var first = index * Pieces.Rows(columns);
            var count = Math.Min(Pieces.Rows(columns), rows - first);
            LayerNormalisation.Backward(
                new ReadOnlySpan<float>(normalised + ((nint)first * columns), count * columns),
                new ReadOnlySpan<float>(gain, columns),
                new ReadOnlySpan<float>(deviations + first, count),
                new Span<float>(gradient + ((nint)first * columns), count * columns));
        }
    }
}
