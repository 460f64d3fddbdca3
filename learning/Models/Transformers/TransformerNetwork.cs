using StepTool.Learning.Backends;

namespace StepTool.Learning.Models.Transformers;

/// <summary>An encoder of sequences whose positions are bags of terms: every sequence is mapped to a few numbers.</summary>
/// <remarks>
/// Vaswani et al., "Attention is all you need", 2017, the encoder; with norms before each part instead of after it (Xiong et al., "On layer normalization in the
/// transformer architecture", 2020), learnt positions, SiLU in the feed-forward layer and no dropout. With x the sum of a bag's embeddings and the position's: for
/// each block x += attention(norm(x)) O + o, then x += silu(norm(x) E + e) F + f; the outputs are mean(norm(x)) W + w over a sequence's positions. Sequences
/// may differ in length and never see each other. Memory is the activations'; a pass over a batch no larger than an earlier one allocates nothing.
/// </remarks>
/// <param name="backend">What computes; it shares large operations between its threads, with the same result for any number of them.</param>
public sealed partial class TransformerNetwork(IComputeBackend backend)
{
    /// <summary>Computes the outputs of a batch of sequences.</summary>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="weights">The weights in the layout's order.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="activations">Receives the outputs, and what the backward pass needs.</param>
    /// <exception cref="ArgumentException">The number of weights differs, a sequence is too long, or a term is not in the vocabulary.</exception>
    public void Forward(TransformerLayout layout, ReadOnlySpan<float> weights, TermSequences batch, TransformerActivations activations)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(activations);
        var shape = layout.Architecture;
        if (weights.Length != layout.Length || batch.Longest > shape.MaxLength)
        {
            throw new ArgumentException(
                $"There are [{weights.Length}] weights and sequences of up to {batch.Longest} positions; the network has [{layout.Length}] and up to {shape.MaxLength}.");
        }

        activations.Resize(batch);
        var stream = activations.Stream;
        backend.EmbeddingBag(batch.Bags, batch.Terms, layout.Terms.Of(weights), shape.Width, stream);
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var (from, to) = (batch.Sequences[sequence] * shape.Width, batch.Sequences[sequence + 1] * shape.Width);
            backend.AddTo(layout.Positions.Of(weights)[..(to - from)], stream[from..to]);
        }

        for (var index = 0; index < shape.Layers; index++)
        {
            Block(shape, layout.Blocks[index], weights, batch, activations.Blocks[index], stream);
        }

        stream.CopyTo(activations.Normalised);
        backend.LayerNorm(activations.Normalised, layout.NormGain.Of(weights), layout.NormBias.Of(weights), activations.Deviations, activations.Final);
        backend.SumSegments(batch.Sequences, activations.Final, average: true, activations.Pooled);
        backend.Linear(
            batch.Count, shape.Outputs, shape.Width, activations.Pooled, layout.OutputWeight.Of(weights), layout.OutputBias.Of(weights), activations.OutputBuffer);
    }

    private void Block(TransformerArchitecture shape, BlockTensors block, ReadOnlySpan<float> weights, TermSequences batch, BlockActivations a, Span<float> stream)
    {
        var (rows, width, inner) = (batch.Positions, shape.Width, shape.Inner);
        stream.CopyTo(a.AttentionNormalised);
        backend.LayerNorm(a.AttentionNormalised, block.AttentionGain.Of(weights), block.AttentionBias.Of(weights), a.AttentionDeviations, a.AttentionInput);
        backend.Linear(rows, 3 * width, width, a.AttentionInput, block.ProjectWeight.Of(weights), block.ProjectBias.Of(weights), a.Projected);
        backend.Attention(batch.Sequences, shape.Heads, width, a.Projected, a.Probabilities, a.Attended);
        backend.AddRows(block.AttendedBias.Of(weights), stream);
        backend.MatMul(MatMulForm.Plain, rows, width, width, a.Attended, block.AttendedWeight.Of(weights), stream, accumulate: true);

        stream.CopyTo(a.FeedNormalised);
        backend.LayerNorm(a.FeedNormalised, block.FeedGain.Of(weights), block.FeedBias.Of(weights), a.FeedDeviations, a.FeedInput);
        backend.Linear(rows, inner, width, a.FeedInput, block.InnerWeight.Of(weights), block.InnerBias.Of(weights), a.InnerBefore, a.InnerAfter);
        backend.AddRows(block.OuterBias.Of(weights), stream);
        backend.MatMul(MatMulForm.Plain, rows, width, inner, a.InnerAfter, block.OuterWeight.Of(weights), stream, accumulate: true);
    }
}
