namespace StepTool.Learning.Backends.Managed;

/// <content>Operations on segments.</content>
public sealed unsafe partial class ManagedBackend
{
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
    public void EmbeddingBag(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<float> table, int columns, Span<float> result)
    {
        EmbeddingBags.Require(offsets, terms, table.Length, columns, result.Length);
        fixed (int* bags = offsets, places = terms)
        fixed (float* from = table, to = result)
        {
            _forkJoin.Run(Pieces.OfRows(offsets.Length - 1, columns), new EmbeddingBags.Forward(bags, offsets.Length - 1, places, from, columns, to));
        }
    }

    /// <inheritdoc/>
    public void EmbeddingBagBackward(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<float> gradient, int columns, Span<float> tableGradient)
    {
        EmbeddingBags.Require(offsets, terms, tableGradient.Length, columns, gradient.Length);
        fixed (int* bags = offsets, places = terms)
        fixed (float* from = gradient, to = tableGradient)
        {
            _forkJoin.Run(Pieces.Of(tableGradient.Length), new EmbeddingBags.Zeros(to, tableGradient.Length));
            _forkJoin.Run(Pieces.OfColumns(terms.Length, columns), new EmbeddingBags.Backward(bags, offsets.Length - 1, terms.Length, places, from, columns, to));
        }
    }

    /// <inheritdoc/>
    public void Attention(ReadOnlySpan<int> offsets, int heads, int width, ReadOnlySpan<float> projected, Span<float> probabilities, Span<float> result)
    {
        var longest = AttentionWork.Require(offsets, heads, width, projected.Length, probabilities.Length, result.Length);
        fixed (int* segments = offsets)
        fixed (float* from = projected, chances = probabilities, to = result)
        {
            _forkJoin.Run((offsets.Length - 1) * heads, new AttentionWork(_threaded.Alone, segments, heads, width, longest, from, chances, to, null));
        }
    }

    /// <inheritdoc/>
    public void AttentionBackward(
        ReadOnlySpan<int> offsets, int heads, int width, ReadOnlySpan<float> projected, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> gradient, Span<float> projectedGradient)
    {
        var longest = AttentionWork.Require(offsets, heads, width, projected.Length, probabilities.Length, gradient.Length);
        Shapes.Require("projectedGradient", projectedGradient.Length, 1, projected.Length);
        fixed (int* segments = offsets)
        fixed (float* from = projected, chances = probabilities, slope = gradient, to = projectedGradient)
        {
            _forkJoin.Run((offsets.Length - 1) * heads, new AttentionWork(_threaded.Alone, segments, heads, width, longest, from, chances, slope, to));
        }
    }
}
