using StepTool.Learning.Batches;
using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>The clipped policy gradient with critic, exact KL to the reference and entropy: policy + c value + beta KL - e entropy, a mean over decisions.</summary>
/// <param name="options">The terms' weights and clips.</param>
/// <param name="klCoefficient">beta, the weight of the KL.</param>
/// <param name="batch">The decisions.</param>
/// <param name="terms">What each decision is set against.</param>
public sealed class SurrogateLoss(SurrogateOptions options, double klCoefficient, DecisionBatch batch, SurrogateTerms terms) : IDecisionLoss
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
            var logProbabilities = activations.LogProbabilities[range];
            var reference = terms.ReferenceLogProbabilities.Span[batch.Offsets[decision]..batch.Offsets[decision + 1]];
            var chosen = batch.Chosen[decision];
            var behaviour = terms.BehaviourLogProbabilities.Span[decision];
            var gradient = logitGradient[range];

            var policy = ClippedPolicyLoss.Evaluate(logProbabilities[chosen], behaviour, terms.Advantages.Span[decision], options.Clip);
            CandidateDistribution.AddChoiceGradient(logProbabilities, chosen, share * policy.Slope, gradient);
            var kl = CandidateDistribution.Kl(logProbabilities, reference);
            CandidateDistribution.AddKlGradient(logProbabilities, reference, kl, share * klCoefficient, gradient);
            var entropy = CandidateDistribution.Entropy(logProbabilities);
            CandidateDistribution.AddEntropyGradient(logProbabilities, entropy, -share * options.EntropyCoefficient, gradient);
            var value = ClippedValueLoss.Evaluate(
                activations.Values[index], terms.EarlierValues.Span[decision], terms.Returns.Span[decision], options.ValueClip);
            valueGradient[index] = (float)(share * options.ValueCoefficient * value.Slope);

            sums.Policy += policy.Loss;
            sums.Value += value.Loss;
            sums.KlToReference += kl;
            sums.KlToBehaviour += BehaviourKl(logProbabilities[chosen] - behaviour);
            sums.Entropy += entropy;
            sums.Clipped += policy.IsClipped ? 1 : 0;
        }

        return sums;
    }

    /// <summary>The KL to the policy that made the choices. That to the frozen start is a term of the loss and pulls.</summary>
    public double? Distance(in LossSums sums) => sums.KlToBehaviour / sums.Rows;

    /// <summary>The value of the loss whose gradient <see cref="Evaluate"/> takes.</summary>
    /// <param name="sums">Sums over decisions.</param>
    public double Total(in LossSums sums) =>
        (sums.Policy + (options.ValueCoefficient * sums.Value) + (klCoefficient * sums.KlToReference) - (options.EntropyCoefficient * sums.Entropy)) / sums.Rows;

    /// <summary>An unbiased estimate from the choice alone that is never negative: ratio - 1 - log ratio (Schulman, "Approximating KL divergence", 2020).</summary>
    private static double BehaviourKl(double logRatio) => Math.Exp(Math.Min(logRatio, 20)) - 1 - logRatio;
}
