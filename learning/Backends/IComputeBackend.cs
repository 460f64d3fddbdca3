using StepTool.Learning.Learner;
using StepTool.Learning.Models;

namespace StepTool.Learning.Backends;

/// <summary>The operations that models and the learner are written in. All matrices are dense, row-major and single precision.</summary>
/// <remarks>
/// Operations are safe to call from several threads on disjoint results. A segment is one decision's run of candidate rows:
/// segment s holds rows offsets[s] to offsets[s + 1], and offsets[0] is 0.
/// </remarks>
public interface IComputeBackend : ILearnerBackend
{
    /// <summary>How many threads work at once.</summary>
    int Threads { get; }

    /// <summary>How many candidate rows a shard of a mini-batch should hold so that it stays in the nearest cache.</summary>
    int RowsPerShard { get; }

    /// <summary>Runs <paramref name="body"/> for each index below <paramref name="count"/>, on several threads, and returns when all are done.</summary>
    /// <param name="count">The number of pieces of work.</param>
    /// <param name="body">Receives the index and the number of the worker, below <see cref="Threads"/>; operations called inside stay on that worker.</param>
    void Run(int count, Action<int, int> body);

    /// <summary>result = left times right, or result += left times right.</summary>
    /// <param name="form">Which factor is stored transposed.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="left">The left factor.</param>
    /// <param name="right">The right factor.</param>
    /// <param name="result">The product [rows, columns].</param>
    /// <param name="accumulate">Whether the product is added to what <paramref name="result"/> holds.</param>
    /// <param name="activated">Receives SiLU of the result, a block at a time as it is made [rows, columns]; empty for none.</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for.</exception>
    void MatMul(
        MatMulForm form,
        int rows,
        int columns,
        int inner,
        ReadOnlySpan<float> left,
        ReadOnlySpan<float> right,
        Span<float> result,
        bool accumulate = false,
        Span<float> activated = default);

    /// <summary>result = input times weight + bias, the bias added as the product is stored.</summary>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="input">The rows [rows, inner].</param>
    /// <param name="weight">The weights [inner, columns].</param>
    /// <param name="bias">What is added to each row [columns].</param>
    /// <param name="result">Receives [rows, columns].</param>
    /// <param name="activated">Receives SiLU of the result, a block at a time as it is made [rows, columns]; empty for none.</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for.</exception>
    void Linear(
        int rows, int columns, int inner, ReadOnlySpan<float> input, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> result, Span<float> activated = default);

    /// <summary>result[r] = (input[r] - mean) * scale, for the rows [rows, columns] of features.</summary>
    void Standardise(ReadOnlySpan<float> input, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, Span<float> result);

    /// <summary>result += input, element by element.</summary>
    void AddTo(ReadOnlySpan<float> input, Span<float> result);

    /// <summary>Writes <paramref name="row"/> [columns] into each row of <paramref name="result"/> [rows, columns].</summary>
    void FillRows(ReadOnlySpan<float> row, Span<float> result);

    /// <summary>Adds <paramref name="row"/> [columns] to each row of <paramref name="result"/> [rows, columns].</summary>
    void AddRows(ReadOnlySpan<float> row, Span<float> result);

    /// <summary>result [columns] = the sum over the rows of <paramref name="input"/> [rows, columns].</summary>
    void SumRows(ReadOnlySpan<float> input, Span<float> result);

    /// <summary>Writes each segment's row of <paramref name="input"/> [segments, columns] into all rows of the segment [rows, columns].</summary>
    /// <param name="offsets">Where segments start [segments + 1].</param>
    /// <param name="input">One row a segment.</param>
    /// <param name="average">Whether a row is divided by its segment's length, which is the gradient of a mean.</param>
    /// <param name="result">One row a candidate.</param>
    void SpreadSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result);

    /// <summary>result [segments, columns] = the sum, or the mean, of each segment's rows of <paramref name="input"/> [rows, columns].</summary>
    void SumSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result);

    /// <summary>result [segments, columns] = the largest of each segment's rows, column by column, and the row in which it stands (the first of equals).</summary>
    void MaxSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, Span<float> result, Span<int> rows);

    /// <summary>result [rows] = log softmax of the logits [rows] within each segment.</summary>
    void LogSoftmaxSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<float> logits, Span<float> result);

    /// <summary>result [bags, columns] = the sum of the rows of a table that each bag's terms name; an empty bag is zero.</summary>
    /// <param name="offsets">Where bags start among the terms [bags + 1].</param>
    /// <param name="terms">Rows of the table.</param>
    /// <param name="table">The table [rows, columns].</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="result">Receives the sums [bags, columns].</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for, or a term has no row.</exception>
    void EmbeddingBag(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<float> table, int columns, Span<float> result);

    /// <summary>The gradient of <see cref="EmbeddingBag"/> with respect to the whole table, zero where no bag names a row.</summary>
    /// <param name="offsets">Where bags start among the terms [bags + 1].</param>
    /// <param name="terms">Rows of the table.</param>
    /// <param name="gradient">The gradient of the sums [bags, columns].</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="tableGradient">Receives the gradient, overwritten [rows, columns].</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for, or a term has no row.</exception>
    void EmbeddingBagBackward(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<float> gradient, int columns, Span<float> tableGradient);

    /// <summary>Scaled dot-product attention of each segment's rows to each other, head by head: softmax(q k' / sqrt(d)) v (Vaswani et al., 2017, section 3.2).</summary>
    /// <param name="offsets">Where segments start [segments + 1].</param>
    /// <param name="heads">Heads; each has <paramref name="width"/> / heads columns.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="projected">Queries, keys and values, side by side in each row [rows, 3 width].</param>
    /// <param name="probabilities">Receives each row's attention for the backward pass [rows, heads, rows of the longest segment].</param>
    /// <param name="result">Receives what each row attended to [rows, width].</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for, or heads do not divide the width.</exception>
    void Attention(ReadOnlySpan<int> offsets, int heads, int width, ReadOnlySpan<float> projected, Span<float> probabilities, Span<float> result);

    /// <summary>The gradient of <see cref="Attention"/>.</summary>
    /// <param name="offsets">Where segments start [segments + 1].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="projected">Queries, keys and values [rows, 3 width].</param>
    /// <param name="probabilities">What the forward pass kept [rows, heads, rows of the longest segment].</param>
    /// <param name="gradient">The gradient of the result [rows, width].</param>
    /// <param name="projectedGradient">Receives the gradient of queries, keys and values, overwritten [rows, 3 width].</param>
    /// <exception cref="ArgumentException">A span does not have the length that the shape asks for, or heads do not divide the width.</exception>
    void AttentionBackward(
        ReadOnlySpan<int> offsets, int heads, int width, ReadOnlySpan<float> projected, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> gradient, Span<float> projectedGradient);

    /// <summary>gradient *= the derivative of SiLU, x sigmoid(x), at <paramref name="input"/>, element by element.</summary>
    void SiluBackward(ReadOnlySpan<float> input, Span<float> gradient);

    /// <summary>Normalises each row to mean 0 and variance 1, then scales and shifts it.</summary>
    /// <param name="values">The rows; replaced by the normalised rows, before gain and bias [rows, columns].</param>
    /// <param name="gain">The scale [columns].</param>
    /// <param name="bias">The shift [columns].</param>
    /// <param name="inverseDeviations">What each row was multiplied by [rows].</param>
    /// <param name="result">normalised * gain + bias [rows, columns].</param>
    /// <param name="activated">Receives SiLU of the result, a block at a time as it is made [rows, columns]; empty for none.</param>
    void LayerNorm(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> inverseDeviations, Span<float> result, Span<float> activated = default);

    /// <summary>The gradients of <see cref="LayerNorm"/>.</summary>
    /// <param name="normalised">The normalised rows [rows, columns].</param>
    /// <param name="gain">The scale [columns].</param>
    /// <param name="inverseDeviations">What each row was multiplied by [rows].</param>
    /// <param name="gradient">The gradient of the result; replaced by the gradient of the input [rows, columns].</param>
    /// <param name="gainGradient">Receives the gradient of the scale [columns].</param>
    /// <param name="biasGradient">Receives the gradient of the shift [columns].</param>
    void LayerNormBackward(
        ReadOnlySpan<float> normalised,
        ReadOnlySpan<float> gain,
        ReadOnlySpan<float> inverseDeviations,
        Span<float> gradient,
        Span<float> gainGradient,
        Span<float> biasGradient);

    /// <summary>Makes a network that learns by these operations, in shards of a mini-batch.</summary>
    /// <param name="architecture">The network's shape.</param>
    ILearnerNetwork ILearnerBackend.CreateNetwork(CandidateArchitecture architecture) => new ShardedNetwork(architecture, this);
}
