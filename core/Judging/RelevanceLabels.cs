using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;

namespace StepTool.Core.Judging;

/// <summary>What a scorer of relevance would be right to do, by the truth that the judge knows: for a reference outside every comparison, on training tasks alone.</summary>
public static class RelevanceLabels
{
    /// <summary>
    /// Indices of the right candidates: the best guess of each API that the judge would count as relevant now and that was not called; Finish where there is none,
    /// and in the last turn.
    /// </summary>
    /// <param name="before">The episode up to the decision.</param>
    /// <param name="candidates">What could be done, each API's best guess before its others.</param>
    /// <param name="judge">The judge of the task.</param>
    public static ImmutableArray<int> Of(Episode before, ImmutableArray<Candidate> candidates, IJudge judge)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(judge);
        int Counted(ImmutableArray<Step> steps) => judge.Judge(before with { Steps = steps, Status = EpisodeStatus.Running }).RelevantCalled;
        bool IsRight(Candidate candidate) => candidate.Action is CallApi { Call: var call } && before.Steps.All(step => step.Call?.Api != call.Api)
            && Counted(before.Steps.Add(new Step { Decision = new Decision(candidate.Action, 0), Success = true })) > Counted(before.Steps);

        var guesses = Enumerable.Range(0, candidates.Length).DistinctBy(index => candidates[index].Api);
        ImmutableArray<int> right = before.Steps.Length + 1 < before.Task.MaxTurns ? [.. guesses.Where(index => IsRight(candidates[index]))] : [];
        return right.IsEmpty ? [.. guesses.Where(index => candidates[index].Action is Finish)] : right;
    }
}
