using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tasks;

namespace StepTool.Core.Worlds;

/// <summary>The demonstrations of a world's training tasks: a fixed set of episodes, the same for every seed, method and run, that is passed over again and again.</summary>
public interface IDemonstrator
{
    /// <summary>How many demonstrations a task has; 0 where nobody shows how it is solved, and for all tasks that are not learnt from.</summary>
    int Count(AgentTask task);

    /// <summary>Plays one demonstration of each task that has so many. It may do what is not among the candidates; the choices' seeds do not reach it.</summary>
    IPolicy Play(Demonstration demonstration);
}

/// <summary>Which demonstration is played.</summary>
/// <param name="Number">Its number among those of its task, from 0.</param>
/// <param name="MistakeShare">Share of turns with a mistake, 0 to 1, where a script plays it; recorded ones stay as they are.</param>
public sealed record Demonstration(int Number, double MistakeShare)
{
    /// <summary>The decision for an action: the candidate that does the same, or the action itself as none of the candidates.</summary>
    internal static Decision Show(AgentAction action, ImmutableArray<Candidate> candidates) =>
        CandidateGenerator.Find(candidates, action) is >= 0 and var place ? new Decision(candidates[place].Action, 0, null, place) : new Decision(action, 0);
}
