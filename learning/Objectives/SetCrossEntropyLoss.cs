using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>Minus the logarithm of the probability of a set of right candidates: whichever of them is chosen, nothing is lost. The critic is not trained.</summary>
/// <param name="right">The right candidates of each decision [decisions], at least one wherever the loss is evaluated.</param>
public sealed class SetCrossEntropyLoss(IReadOnlyList<int[]> right) : IDecisionLoss
{
    /// <inheritdoc/>
    public LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient)
    {
        ArgumentNullException.ThrowIfNull(activations);
        var sums = new LossSums { Rows = picked.Length };
        for (var index = 0; index < picked.Length; index++)
        {
            var range = activations.Offsets[index]..activations.Offsets[index + 1];
            var log = activations.LogProbabilities[range];
            var set = right[picked[index]];
            var total = LogSum(log, set);
            sums.Policy -= total;
            sums.Entropy += CandidateDistribution.Entropy(log);
            foreach (var candidate in set)
            {
                // The gradient of log sum p is the mean of those of log p, each weighted by its share of the set.
                CandidateDistribution.AddChoiceGradient(log, candidate, -share * Math.Exp(log[candidate] - total), logitGradient[range]);
            }

            sums.Agreeing += set.Contains(Best(log)) ? 1 : 0;
        }

        return sums;
    }

    private static double LogSum(ReadOnlySpan<float> log, int[] set)
    {
        var largest = double.NegativeInfinity;
        foreach (var candidate in set)
        {
            largest = Math.Max(largest, log[candidate]);
        }

        var sum = 0.0;
        foreach (var candidate in set)
        {
            sum += Math.Exp(log[candidate] - largest);
        }

        return largest + Math.Log(sum);
    }

    private static int Best(ReadOnlySpan<float> log)
    {
        var best = 0;
        for (var candidate = 1; candidate < log.Length; candidate++)
        {
            best = log[candidate] > log[best] ? candidate : best;
        }

        return best;
    }
}
