namespace StepTool.Learning.Backends.Managed;

/// <summary>Attention cut into one piece for each segment and head: small products around a softmax that stays in the nearest cache.</summary>
/// <param name="multiply">A product on the calling thread.</param>
/// <param name="offsets">Where segments start.</param>
/// <param name="heads">Heads.</param>
/// <param name="width">Columns of the result.</param>
/// <param name="longest">Rows of the longest segment.</param>
/// <param name="projected">Queries, keys and values [rows, 3 width].</param>
/// <param name="probabilities">Each row's attention [rows, heads, longest].</param>
/// <param name="outcome">The result, or going backward its gradient [rows, width].</param>
/// <param name="projectedGradient">Receives the gradient of queries, keys and values; null going forward.</param>
internal readonly unsafe struct AttentionWork(
    delegate*<Strided, Strided, float*, nint, int, int, int, float*, nint, float*, void> multiply,
    int* offsets,
    int heads,
    int width,
    int longest,
    float* projected,
    float* probabilities,
    float* outcome,
    float* projectedGradient) : IWork
{
    /// <summary>Checks shapes and tells the longest segment.</summary>
    public static int Require(ReadOnlySpan<int> offsets, int heads, int width, int projected, int probabilities, int outcome)
    {
        if (heads < 1 || width < heads || width % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {width} columns; the width must be a multiple of the heads.", nameof(heads));
        }

        var longest = 0;
        for (var segment = 0; segment + 1 < offsets.Length; segment++)
        {
            longest = Math.Max(longest, offsets[segment + 1] - offsets[segment]);
        }

        Shapes.Require("projected", projected, offsets[^1], 3 * width);
        Shapes.Require("probabilities", probabilities, offsets[^1] * heads, longest);
        Shapes.Require("the values of rows", outcome, offsets[^1], width);
        return longest;
    }

    public void Run(int index)
    {
        var (segment, head) = (index / heads, index % heads);
        var (first, rows, columns) = (offsets[segment], offsets[segment + 1] - offsets[segment], width / heads);
        var (wide, chanceRow) = ((nint)3 * width, (nint)heads * longest);
        var own = (first * wide) + (head * columns);
        var chances = probabilities + (first * chanceRow) + (head * longest);
        var result = outcome + ((nint)first * width) + (head * columns);
        var query = new Strided(projected + own, wide, 1);
        var key = new Strided(projected + own + width, wide, 1);
        var value = new Strided(projected + own + (2 * width), wide, 1);
        var scale = 1 / MathF.Sqrt(columns);
        if (projectedGradient is null)
        {
            multiply(query, key.Turned, chances, chanceRow, rows, rows, columns, null, 0, null);
            for (var row = 0; row < rows; row++)
            {
                Elementwise.Softmax(scale, new Span<float>(chances + (row * chanceRow), rows));
            }

            multiply(new Strided(chances, chanceRow, 1), value, result, width, rows, columns, rows, null, 0, null);
            return;
        }

        var scores = PackBuffers.Current.Scores(rows * rows);
        var (slope, score) = (new Strided(result, width, 1), new Strided(scores, rows, 1));
        multiply(new Strided(chances, chanceRow, 1).Turned, slope, projectedGradient + own + (2 * width), wide, rows, columns, rows, null, 0, null);
        multiply(slope, value.Turned, scores, rows, rows, rows, columns, null, 0, null);
        for (var row = 0; row < rows; row++)
        {
            Elementwise.SoftmaxBackward(scale, new ReadOnlySpan<float>(chances + (row * chanceRow), rows), new Span<float>(scores + ((nint)row * rows), rows));
        }

        multiply(score, key, projectedGradient + own, wide, rows, columns, rows, null, 0, null);
        multiply(score.Turned, query, projectedGradient + own + width, wide, rows, columns, rows, null, 0, null);
    }
}
