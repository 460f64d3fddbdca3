using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;

namespace StepTool.Core.Policies.Floors;

/// <summary>Calls the first APIs of a fixed order, one a turn and each once, with the best-guess arguments of that turn, and finishes after them or in the last turn.</summary>
/// <param name="order">Ranks a situation's APIs by index.</param>
/// <param name="mostCalls">Calls before it finishes.</param>
internal sealed class OrderedCallsPolicy(Func<Situation, ImmutableArray<int>> order, int mostCalls) : IPolicy
{
    /// <inheritdoc/>
    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(situation);
        cancellationToken.ThrowIfCancellationRequested();
        var candidates = CandidateGenerator.Enumerate(situation);
        var turn = situation.Steps.Length;
        var finishes = turn >= Math.Min(mostCalls, situation.Apis.Length) || situation.TurnsLeft <= 1;
        var api = finishes ? -1 : order(situation)[turn];
        var chosen = Enumerable.Range(0, candidates.Length).First(index => candidates[index].Api == api);
        return ValueTask.FromResult(new Decision(candidates[chosen].Action, 0, null, chosen));
    }
}
