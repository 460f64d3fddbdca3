using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;

namespace StepTool.Core.Policies.Floors;

/// <summary>Takes any candidate, Finish included, with equal probability. All being equally good, greedy is the same: ties fall to the seed.</summary>
internal sealed class RandomPolicy : IPolicy
{
    /// <inheritdoc/>
    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var candidates = CandidateGenerator.Enumerate(situation);
        var chosen = new SeededRandom(seed).NextInt(candidates.Length);
        return ValueTask.FromResult(new Decision(candidates[chosen].Action, -Math.Log(candidates.Length), null, chosen));
    }
}
