using StepTool.Learning.Batches;
using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>The direct preference loss of decisions whose choice is preferred to other candidates: a mean over each decision's rejected candidates. The critic is not trained.</summary>
/// <remarks>
/// Rafailov et al., "Direct preference optimization", 2023, equation 7: - log sigmoid(beta (log p(c)/q(c) - log p(r)/q(r))). Differs from the paper: both actions
/// are candidates of one decision, so that the loss needs one distribution and depends on the difference of two scores.
/// </remarks>
/// <param name="batch">The decisions; their chosen candidates are preferred.</param>
/// <param name="rejected">The rejected candidates of each decision [decisions]; empty where nothing is compared.</param>
/// <param name="reference">The log-probabilities q under the frozen reference [candidates].</param>
/// <param name="start">The log-probabilities under the policy before the update [candidates].</param>
/// <param name="beta">How strongly the policy is held to the reference, above 0.</param>
public sealed class PreferenceLoss(DecisionBatch batch, IReadOnlyList<int[]> rejected, ReadOnlyMemory<float> reference, ReadOnlyMemory<float> start, double beta) : IDecisionLoss
{
    /// <inheritdoc/>
    public LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient)
    {
        ArgumentNullException.ThrowIfNull(activations);
        var sums = new LossSums { Rows = picked.Length };
        for (var index = 0; index < picked.Length; index++)
        {
            var decision = picked[index];
            var range = activations.Offsets[index]..activations.Offsets[index + 1];
            var log = activations.LogProbabilities[range];
            var gradient = logitGradient[range];
            var frozen = reference.Span[batch.Offsets[decision]..batch.Offsets[decision + 1]];
            var chosen = batch.Chosen[decision];
            var others = rejected[decision];
            foreach (var other in others)
            {
                // The normaliser cancels in log p(c) - log p(r), so only these two scores have a gradient.
                var margin = beta * ((log[chosen] - frozen[chosen]) - (double)(log[other] - frozen[other]));
                var doubt = 1 / (1 + Math.Exp(margin));
                var slope = (float)(share * beta * doubt / others.Length);
                gradient[chosen] -= slope;
                gradient[other] += slope;
                sums.Policy += SoftPlus(-margin) / others.Length;
                sums.Agreeing += (margin > 0 ? 1.0 : 0) / others.Length;
            }

            sums.KlToBehaviour += CandidateDistribution.Kl(log, start.Span[batch.Offsets[decision]..batch.Offsets[decision + 1]]);
            sums.KlToReference += CandidateDistribution.Kl(log, frozen);
            sums.Entropy += CandidateDistribution.Entropy(log);
        }

        return sums;
    }

    private static double SoftPlus(double value) => Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value)));
}
