using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Follows the truth, but for a share of turns in which any candidate is taken that is no Finish.</summary>
internal sealed class DemonstrationPolicy(BuiltInWorld world) : IPolicy
{
    /// <summary>Share of turns with a mistake. Fixed before any run was measured.</summary>
    internal const double MistakeShare = 0.2;

    /// <inheritdoc/>
    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var candidates = CandidateGenerator.Enumerate(situation);
        var random = new SeededRandom(seed);
        int[] calls = [.. Enumerable.Range(0, candidates.Length).Where(index => candidates[index].Action is CallApi)];
        if (calls.Length > 0 && random.NextDouble() < MistakeShare)
        {
            var mistake = calls[random.NextInt(calls.Length)];
            return ValueTask.FromResult(new Decision(candidates[mistake].Action, 0, null, mistake));
        }

        var right = world.Oracle(situation);
        var place = Enumerable.Range(0, candidates.Length).Where(index => candidates[index].Action == right).DefaultIfEmpty(-1).First();
        return ValueTask.FromResult(new Decision(right, 0, null, place));
    }
}
