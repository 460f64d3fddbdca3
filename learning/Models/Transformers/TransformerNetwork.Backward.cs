using StepTool.Learning.Backends;

namespace StepTool.Learning.Models.Transformers;

/// <content>The backward pass.</content>
public sealed partial class TransformerNetwork
{
    /// <summary>The gradient of a loss with respect to all weights, from its gradient with respect to the outputs.</summary>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="weights">The weights of the forward pass.</param>
    /// <param name="batch">The sequences of the forward pass.</param>
    /// <param name="activations">What the forward pass computed; its inner values are overwritten, the outputs are not.</param>
    /// <param name="outputGradient">The loss's gradient with respect to the outputs [sequences, outputs].</param>
    /// <param name="gradient">Receives the gradient in the layout's order, overwritten.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Backward(
        TransformerLayout layout, ReadOnlySpan<float> weights, TermSequences batch, TransformerActivations activations, ReadOnlySpan<float> outputGradient, Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(activations);
        var shape = layout.Architecture;
        if (weights.Length != layout.Length || gradient.Length != layout.Length || outputGradient.Length != batch.Count * shape.Outputs)
        {
            throw new ArgumentException(
                $"There are [{weights.Length}] weights and gradients are [{gradient.Length}] of weights and [{outputGradient.Length}] of outputs; " +
                $"the pass needs [{layout.Length}] and [{batch.Count * shape.Outputs}].");
        }

        var pooled = activations.PooledGradient;
        backend.MatMul(MatMulForm.LeftTransposed, shape.Width, shape.Outputs, batch.Count, activations.Pooled, outputGradient, layout.OutputWeight.Of(gradient));
        backend.SumRows(outputGradient, layout.OutputBias.Of(gradient));
        backend.MatMul(MatMulForm.RightTransposed, batch.Count, shape.Width, shape.Outputs, outputGradient, layout.OutputWeight.Of(weights), pooled);
        backend.SpreadSegments(batch.Sequences, pooled, average: true, activations.Stream);
        backend.LayerNormBackward(
            activations.Normalised, layout.NormGain.Of(weights), activations.Deviations, activations.Stream, layout.NormGain.Of(gradient), layout.NormBias.Of(gradient));
        for (var index = shape.Layers - 1; index >= 0; index--)
        {
            FeedBackward(shape, layout.Blocks[index], weights, batch, activations, activations.Blocks[index], gradient);
            AttentionBackward(shape, layout.Blocks[index], weights, batch, activations, activations.Blocks[index], gradient);
        }

        backend.EmbeddingBagBackward(batch.Bags, batch.Terms, activations.Stream, shape.Width, layout.Terms.Of(gradient));
        var positions = layout.Positions.Of(gradient);
        positions.Clear();
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var (from, to) = (batch.Sequences[sequence] * shape.Width, batch.Sequences[sequence + 1] * shape.Width);
            backend.AddTo(activations.Stream[from..to], positions[..(to - from)]);
        }
    }

    private void FeedBackward(
        TransformerArchitecture shape, BlockTensors block, ReadOnlySpan<float> weights, TermSequences batch, TransformerActivations all, BlockActivations a, Span<float> gradient)
    {
        var (rows, width, inner) = (batch.Positions, shape.Width, shape.Inner);
        var stream = all.Stream;
        var slope = all.Wide(inner);
        backend.MatMul(MatMulForm.LeftTransposed, inner, width, rows, a.InnerAfter, stream, block.OuterWeight.Of(gradient));
        backend.SumRows(stream, block.OuterBias.Of(gradient));
        backend.MatMul(MatMulForm.RightTransposed, rows, inner, width, stream, block.OuterWeight.Of(weights), slope);
        backend.SiluBackward(a.InnerBefore, slope);
        backend.MatMul(MatMulForm.LeftTransposed, width, inner, rows, a.FeedInput, slope, block.InnerWeight.Of(gradient));
        backend.SumRows(slope, block.InnerBias.Of(gradient));
        backend.MatMul(MatMulForm.RightTransposed, rows, width, inner, slope, block.InnerWeight.Of(weights), all.Final);
        backend.LayerNormBackward(a.FeedNormalised, block.FeedGain.Of(weights), a.FeedDeviations, all.Final, block.FeedGain.Of(gradient), block.FeedBias.Of(gradient));
        backend.AddTo(all.Final, stream);
    }

    private void AttentionBackward(
        TransformerArchitecture shape, BlockTensors block, ReadOnlySpan<float> weights, TermSequences batch, TransformerActivations all, BlockActivations a, Span<float> gradient)
    {
        var (rows, width) = (batch.Positions, shape.Width);
        var stream = all.Stream;
        var slope = all.Wide(3 * width);
        backend.MatMul(MatMulForm.LeftTransposed, width, width, rows, a.Attended, stream, block.AttendedWeight.Of(gradient));
        backend.SumRows(stream, block.AttendedBias.Of(gradient));
        backend.MatMul(MatMulForm.RightTransposed, rows, width, width, stream, block.AttendedWeight.Of(weights), all.Final);
        backend.AttentionBackward(batch.Sequences, shape.Heads, width, a.Projected, a.Probabilities, all.Final, slope);
        backend.MatMul(MatMulForm.LeftTransposed, width, 3 * width, rows, a.AttentionInput, slope, block.ProjectWeight.Of(gradient));
        backend.SumRows(slope, block.ProjectBias.Of(gradient));
        backend.MatMul(MatMulForm.RightTransposed, rows, width, 3 * width, slope, block.ProjectWeight.Of(weights), all.Final);
        backend.LayerNormBackward(
            a.AttentionNormalised, block.AttentionGain.Of(weights), a.AttentionDeviations, all.Final, block.AttentionGain.Of(gradient), block.AttentionBias.Of(gradient));
        backend.AddTo(all.Final, stream);
    }
}
