using StepTool.Learning.Batches;
using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>The squared error of a critic whose candidate scores are Q(s, a) and whose value is V(s): half of (Q - q)^2 + (V - v)^2, a mean over decisions.</summary>
/// <param name="batch">The decisions.</param>
/// <param name="actionTargets">What Q of the chosen candidate should be [decisions].</param>
/// <param name="stateTargets">What V should be [decisions].</param>
public sealed class CriticLoss(DecisionBatch batch, ReadOnlyMemory<float> actionTargets, ReadOnlyMemory<float> stateTargets) : IDecisionLoss
{
    /// <inheritdoc/>
    public LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient)
    {
        ArgumentNullException.ThrowIfNull(activations);
        var sums = new LossSums { Rows = picked.Length };
        for (var index = 0; index < picked.Length; index++)
        {
            var decision = picked[index];
            var chosen = activations.Offsets[index] + batch.Chosen[decision];
            var actionError = (double)activations.Logits[chosen] - actionTargets.Span[decision];
            var stateError = (double)activations.Values[index] - stateTargets.Span[decision];
            logitGradient[chosen] += (float)(share * actionError);
            valueGradient[index] += (float)(share * stateError);
            sums.Value += ((actionError * actionError) + (stateError * stateError)) / 2;
        }

        return sums;
    }
}
