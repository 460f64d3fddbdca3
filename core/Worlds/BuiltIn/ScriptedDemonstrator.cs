using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tasks;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// One demonstration of each training task: follows the truth, but for a share of turns in which any candidate is taken that is no Finish. World, task and
/// turn decide which turns; those of a smaller share are among those of a larger one.
/// </summary>
internal sealed class ScriptedDemonstrator(BuiltInWorld world, ulong worldSeed) : IDemonstrator
{
    /// <inheritdoc/>
    public int Count(AgentTask task) => world.Labels(task).Split is Split.Train ? 1 : 0;

    /// <inheritdoc/>
    public IPolicy Play(Demonstration demonstration) => new Script(world, worldSeed, demonstration.MistakeShare);

    private sealed class Script(BuiltInWorld world, ulong worldSeed, double mistakeShare) : IPolicy
    {
        public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidates = CandidateGenerator.Enumerate(situation);
            var turn = StableHash.Combine(StableHash.Of(situation.Task.Id, StableHash.Of("demonstration", worldSeed)), (ulong)situation.Steps.Length);
            var random = new SeededRandom(turn);
            AgentAction[] calls = [.. candidates.Select(candidate => candidate.Action).Where(action => action is CallApi)];
            var action = random.NextDouble() < mistakeShare && calls.Length > 0 ? calls[random.NextInt(calls.Length)] : world.Oracle(situation);
            return ValueTask.FromResult(Demonstration.Show(action, candidates));
        }
    }
}
