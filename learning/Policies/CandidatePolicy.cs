using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Policies;
using StepTool.Learning.Models;

namespace StepTool.Learning.Policies;

/// <summary>
/// The trainable policy: enumerates what could be done, describes each candidate by features, scores them with a network, and samples or takes the best.
/// It reads documentation and never an API's identity, so it handles tools it has never seen.
/// </summary>
/// <param name="scorer">One version of the weights.</param>
/// <param name="features">Extracts features; shared by all versions.</param>
/// <param name="version">The version.</param>
public sealed class CandidatePolicy(CandidateScorer scorer, FeatureExtractor features, int version) : IPolicy
{
    private const int MaxStackCandidates = 64;

    /// <inheritdoc/>
    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        var candidates = CandidateGenerator.Enumerate(situation);
        var (chosen, logProbability) = Choose(situation, candidates, mode, seed);
        return ValueTask.FromResult(new Decision(candidates[chosen].Action, logProbability, version, chosen));
    }

    /// <summary>Features, network and choice. Nothing is allocated once this thread has seen as many candidates and this task's texts before.</summary>
    internal Choice Choose(Situation situation, ImmutableArray<Candidate> candidates, DecisionMode mode, ulong seed)
    {
        var buffers = FeatureBuffers.ForThisThread(candidates.Length);
        features.Extract(situation, candidates, buffers.Candidates, buffers.Situation);
        var logProbabilities = candidates.Length <= MaxStackCandidates ? stackalloc float[candidates.Length] : new float[candidates.Length];
        _ = scorer.Score(buffers.Situation, buffers.Candidates, logProbabilities);
        var chosen = mode == DecisionMode.Greedy ? Best(logProbabilities, seed) : Sample(logProbabilities, seed);
        return new Choice(chosen, Math.Min(0, logProbabilities[chosen]));
    }

    private static int Best(ReadOnlySpan<float> logProbabilities, ulong seed)
    {
        var best = 0;
        for (var index = 1; index < logProbabilities.Length; index++)
        {
            var difference = logProbabilities[index] - logProbabilities[best];
            if (difference > 0 || (difference == 0 && StableHash.Combine(seed, (ulong)index) > StableHash.Combine(seed, (ulong)best)))
            {
                best = index;
            }
        }

        return best;
    }

    private static int Sample(ReadOnlySpan<float> logProbabilities, ulong seed)
    {
        var left = SeededRandom.FirstDouble(seed);
        var last = 0;
        for (var index = 0; index < logProbabilities.Length; index++)
        {
            var probability = Math.Exp(logProbabilities[index]);
            if (probability > 0)
            {
                last = index;
            }

            left -= probability;
            if (left < 0)
            {
                return index;
            }
        }

        return last; // rounding left a crumb
    }

    /// <summary>The candidate chosen, and the log-probability of that.</summary>
    internal readonly record struct Choice(int Candidate, float LogProbability);
}
