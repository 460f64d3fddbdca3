using System.Collections.Immutable;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>How far this world's judge and the majority of the recorded judges' votes agree on the recorded episodes of a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Episodes">Recorded episodes compared.</param>
/// <param name="Agreement">Share on which both say the same, 0 to 1.</param>
/// <param name="Kappa">Cohen's kappa: agreement beyond chance; 0 where one side never varies.</param>
public sealed record VoteAgreement(string Group, int Episodes, double Agreement, double Kappa)
{
    internal static ImmutableArray<VoteAgreement> Measure(ArchiveContent content)
    {
        var tasks = content.Tasks.ToDictionary(task => task.Id, StringComparer.Ordinal);
        return
        [
            .. content.Episodes
                .Where(episode => episode.Votes > 0 && !tasks[episode.Task].Relevant.IsEmpty)
                .GroupBy(episode => tasks[episode.Task].Group, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => Of(group.Key, [.. group.Select(episode => (Passes(episode, tasks[episode.Task]), episode.IsSolved))])),
        ];
    }

    private static VoteAgreement Of(string group, (bool Rule, bool Votes)[] pairs)
    {
        var agreement = Share(pairs, pair => pair.Rule == pair.Votes);
        var (rule, votes) = (Share(pairs, pair => pair.Rule), Share(pairs, pair => pair.Votes));
        var chance = (rule * votes) + ((1 - rule) * (1 - votes));
        return new VoteAgreement(group, pairs.Length, agreement, chance < 1 ? (agreement - chance) / (1 - chance) : 0);
    }

    private static double Share((bool Rule, bool Votes)[] pairs, Func<(bool Rule, bool Votes), bool> holds) => (double)pairs.Count(holds) / pairs.Length;

    // The judge's rule, on calls that are known by function name only.
    private static bool Passes(ArchivedEpisode episode, ArchivedTask task)
    {
        var worked = episode.Steps.Where(step => step.Success).Select(step => step.Function).ToHashSet(StringComparer.Ordinal);
        return episode.Answer.Length > 0 && task.Relevant.All(api => worked.Contains(api.FunctionName));
    }
}
