using System.Collections.Immutable;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Sets this world's judge against the majority of the recorded judges' votes, on the recorded episodes.</summary>
internal static class RecordedVotes
{
    /// <summary>Agreement by group, then over all groups; empty where no episode has votes.</summary>
    public static ImmutableArray<JudgeAgreement> Compare(ArchiveContent content)
    {
        var tasks = content.Tasks.ToDictionary(task => task.Id, StringComparer.Ordinal);
        var judged = content.Episodes.Where(episode => episode.Votes > 0 && !tasks[episode.Task].Relevant.IsEmpty).ToArray();
        var groups = judged
            .GroupBy(episode => tasks[episode.Task].Group, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, Episodes: group.ToArray()))
            .Append((Key: "all", Episodes: judged));
        return [.. groups.Where(group => group.Episodes.Length > 0).Select(group => Compare(group.Key, group.Episodes, tasks))];
    }

    private static JudgeAgreement Compare(string group, ArchivedEpisode[] episodes, Dictionary<string, ArchivedTask> tasks) => JudgeAgreement.Of(
        group,
        [.. episodes.Select(episode => Passes(episode, tasks[episode.Task]) ? Verdict.Solved : Verdict.Unsolved)],
        [.. episodes.Select(episode => episode.IsSolved ? Verdict.Solved : Verdict.Unsolved)]);

    // The judge's rule, on calls that are known by function name only.
    private static bool Passes(ArchivedEpisode episode, ArchivedTask task)
    {
        var worked = episode.Steps.Where(step => step.Success).Select(step => step.Function).ToHashSet(StringComparer.Ordinal);
        return episode.Answer.Length > 0 && task.Relevant.All(api => worked.Contains(api.FunctionName));
    }
}
