using StepTool.Learning.Backends;

namespace StepTool.Learning.Models;

/// <content>The backward pass.</content>
public sealed partial class CandidateNetwork
{
    /// <summary>The gradient of a loss with respect to all trained weights, from its gradients with respect to logits and values.</summary>
    /// <param name="weights">The weights of the forward pass.</param>
    /// <param name="activations">What the forward pass computed; not changed.</param>
    /// <param name="logitGradient">The loss's gradient with respect to the logits [candidates].</param>
    /// <param name="valueGradient">The loss's gradient with respect to the values [decisions].</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="gradient">Receives the gradient in the layout's order, overwritten [trained weights].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Backward(
        NetworkWeights weights,
        Activations activations,
        ReadOnlySpan<float> logitGradient,
        ReadOnlySpan<float> valueGradient,
        GradientWorkspace workspace,
        Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Backward(weights.Layout, weights.Values, activations, logitGradient, valueGradient, workspace, gradient);
    }

    internal void Backward(
        ParameterLayout layout,
        ReadOnlySpan<float> weights,
        Activations activations,
        ReadOnlySpan<float> logitGradient,
        ReadOnlySpan<float> valueGradient,
        GradientWorkspace workspace,
        Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(activations);
        ArgumentNullException.ThrowIfNull(workspace);
        if (logitGradient.Length != activations.Candidates || valueGradient.Length != activations.Decisions || gradient.Length != layout.TrainedLength)
        {
            throw new ArgumentException(
                $"Gradients are [{logitGradient.Length}] of logits, [{valueGradient.Length}] of values and [{gradient.Length}] of weights; " +
                $"the pass needs [{activations.Candidates}], [{activations.Decisions}] and [{layout.TrainedLength}].");
        }

        var pooled = workspace.Pooled(activations.Decisions * layout.Architecture.PooledWidth);
        ValueHeadBackward(layout, weights, activations, valueGradient, workspace, pooled, gradient);
        var second = workspace.Second(activations.Candidates * layout.Architecture.SecondHidden);
        SecondOutput(layout, weights, activations, logitGradient, pooled, second);
        SecondBackward(layout, weights, activations, logitGradient, second, workspace, gradient);
        FirstBackward(layout, weights, activations, workspace, gradient);
    }

    private void ValueHeadBackward(
        ParameterLayout layout,
        ReadOnlySpan<float> weights,
        Activations a,
        ReadOnlySpan<float> valueGradient,
        GradientWorkspace workspace,
        Span<float> pooledGradient,
        Span<float> gradient)
    {
        var shape = layout.Architecture;
        var (decisions, hidden) = (a.Decisions, shape.ValueHidden);
        var hiddenGradient = workspace.Hidden(decisions * hidden);
        backend.MatMul(MatMulForm.LeftTransposed, hidden, 1, decisions, a.ValueHidden.AsSpan(0, decisions * hidden), valueGradient, layout.ValueWeight.Of(gradient));
        backend.SumRows(valueGradient, layout.ValueBias.Of(gradient));
        backend.MatMul(MatMulForm.Plain, decisions, hidden, 1, valueGradient, layout.ValueWeight.Of(weights), hiddenGradient);
        backend.SiluBackward(a.ValueBefore.AsSpan(0, decisions * hidden), hiddenGradient);
        backend.SumRows(hiddenGradient, layout.ValueHiddenBias.Of(gradient));
        backend.MatMul(
            MatMulForm.LeftTransposed,
            shape.PooledWidth,
            hidden,
            decisions,
            a.Pooled.AsSpan(0, decisions * shape.PooledWidth),
            hiddenGradient,
            layout.ValueHiddenWeight.Of(gradient));
        backend.MatMul(
            MatMulForm.RightTransposed, decisions, shape.PooledWidth, hidden, hiddenGradient, layout.ValueHiddenWeight.Of(weights), pooledGradient);
    }

    /// <summary>The gradient of the second layer's output: through the logits, the mean and the largest.</summary>
    private void SecondOutput(
        ParameterLayout layout, ReadOnlySpan<float> weights, Activations a, ReadOnlySpan<float> logitGradient, ReadOnlySpan<float> pooled, Span<float> result)
    {
        var shape = layout.Architecture;
        var second = shape.SecondHidden;
        var mean = a.DecisionScratch.AsSpan(0, a.Decisions * second);
        for (var decision = 0; decision < a.Decisions; decision++)
        {
            pooled.Slice((decision * shape.PooledWidth) + shape.SituationFeatures, second).CopyTo(mean[(decision * second)..]);
        }

        backend.SpreadSegments(a.Offsets, mean, average: true, result);
        backend.MatMul(MatMulForm.Plain, a.Candidates, second, 1, logitGradient, layout.LogitWeight.Of(weights), result, accumulate: true);
        for (var decision = 0; decision < a.Decisions; decision++)
        {
            var largest = pooled.Slice((decision * shape.PooledWidth) + shape.SituationFeatures + second, second);
            for (var column = 0; column < second; column++)
            {
                result[(a.LargestRows[(decision * second) + column] * second) + column] += largest[column];
            }
        }
    }

    private void SecondBackward(
        ParameterLayout layout,
        ReadOnlySpan<float> weights,
        Activations a,
        ReadOnlySpan<float> logitGradient,
        Span<float> second,
        GradientWorkspace workspace,
        Span<float> gradient)
    {
        var shape = layout.Architecture;
        var (decisions, rows, width, firstWidth) = (a.Decisions, a.Candidates, shape.SecondHidden, shape.FirstHidden);
        backend.MatMul(MatMulForm.LeftTransposed, width, 1, rows, a.Second.AsSpan(0, rows * width), logitGradient, layout.LogitWeight.Of(gradient));
        if (shape.Shortcut)
        {
            var candidates = a.CandidateInput.AsSpan(0, rows * shape.CandidateFeatures);
            backend.MatMul(MatMulForm.LeftTransposed, shape.CandidateFeatures, 1, rows, candidates, logitGradient, layout.ShortcutWeight.Of(gradient));
        }

        backend.SiluBackward(a.SecondBefore.AsSpan(0, rows * width), second);
        var first = a.First.AsSpan(0, rows * firstWidth);
        backend.MatMul(MatMulForm.LeftTransposed, firstWidth, width, rows, first, second, layout.SecondWeight.Of(gradient));
        var shared = workspace.Shared(decisions * width);
        backend.SumSegments(a.Offsets, second, average: false, shared);
        backend.SumRows(shared, layout.SecondBias.Of(gradient));
        var context = a.Context.AsSpan(0, decisions * firstWidth);
        backend.MatMul(MatMulForm.LeftTransposed, firstWidth, width, decisions, context, shared, layout.ContextWeight.Of(gradient));

        var contextGradient = workspace.Context(decisions * firstWidth);
        var firstGradient = workspace.First(rows * firstWidth);
        backend.MatMul(MatMulForm.RightTransposed, decisions, firstWidth, width, shared, layout.ContextWeight.Of(weights), contextGradient);
        backend.SpreadSegments(a.Offsets, contextGradient, average: true, firstGradient);
        backend.MatMul(MatMulForm.RightTransposed, rows, firstWidth, width, second, layout.SecondWeight.Of(weights), firstGradient, accumulate: true);
    }

    private void FirstBackward(
        ParameterLayout layout, ReadOnlySpan<float> weights, Activations a, GradientWorkspace workspace, Span<float> gradient)
    {
        var shape = layout.Architecture;
        var (decisions, rows, width) = (a.Decisions, a.Candidates, shape.FirstHidden);
        var first = workspace.First(rows * width);
        backend.SiluBackward(a.FirstBefore.AsSpan(0, rows * width), first);
        backend.LayerNormBackward(
            a.FirstNormalised.AsSpan(0, rows * width),
            layout.NormGain.Of(weights),
            a.DeviationBuffer.AsSpan(0, rows),
            first,
            layout.NormGain.Of(gradient),
            layout.NormBias.Of(gradient));
        var candidates = a.CandidateInput.AsSpan(0, rows * shape.CandidateFeatures);
        backend.MatMul(MatMulForm.LeftTransposed, shape.CandidateFeatures, width, rows, candidates, first, layout.CandidateWeight.Of(gradient));
        var shared = workspace.Shared(decisions * width);
        backend.SumSegments(a.Offsets, first, average: false, shared);
        backend.SumRows(shared, layout.FirstBias.Of(gradient));
        var situations = a.SituationInput.AsSpan(0, decisions * shape.SituationFeatures);
        backend.MatMul(MatMulForm.LeftTransposed, shape.SituationFeatures, width, decisions, situations, shared, layout.SituationWeight.Of(gradient));
    }
}
