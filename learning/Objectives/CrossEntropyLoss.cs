using StepTool.Learning.Batches;
using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>The supervised loss: minus the log-probability of the chosen candidate. The critic is not trained.</summary>
/// <param name="batch">The decisions.</param>
public sealed class CrossEntropyLoss(DecisionBatch batch) : IDecisionLoss
{
    /// <inheritdoc/>
    public LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient)
    {
        ArgumentNullException.ThrowIfNull(activations);
        var sums = new LossSums { Rows = picked.Length };
        for (var index = 0; index < picked.Length; index++)
        {
            var range = activations.Offsets[index]..activations.Offsets[index + 1];
            var logProbabilities = activations.LogProbabilities[range];
            var chosen = batch.Chosen[picked[index]];
            sums.Policy -= logProbabilities[chosen];
            sums.Entropy += CandidateDistribution.Entropy(logProbabilities);
            sums.Agreeing += logProbabilities.IndexOf(Largest(logProbabilities)) == chosen ? 1 : 0;
            CandidateDistribution.AddChoiceGradient(logProbabilities, chosen, -share, logitGradient[range]);
        }

        return sums;
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }
}
