using System.Collections.Frozen;
using StepTool.Core.Episodes;
using StepTool.Core.Text;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// The informative tokens of training tasks' reference answers: in neither query nor offered documentation, and rare among reference answers.
/// A step supplies what is asked for when its answer is the first to show at least two of them.
/// </summary>
internal sealed class ReferenceAnswers
{
    private const int LeastShared = 2;
    private const int ShortestTerm = 2;
    private const double CommonShare = 0.05;
    private const int LeastCommon = 3;
    private readonly FrozenDictionary<string, FrozenSet<string>> _informative;

    /// <summary>Chooses each training task's reference answer and keeps its informative tokens.</summary>
    /// <param name="tasks">Training tasks, each with the terms of its query and of the documentation it offers.</param>
    /// <param name="episodes">All recorded episodes.</param>
    public ReferenceAnswers(IReadOnlyDictionary<string, Func<HashSet<string>>> tasks, IEnumerable<ArchivedEpisode> episodes)
    {
        var answers = episodes
            .Where(episode => episode.IsSolved && episode.Answer.Length > 0 && tasks.ContainsKey(episode.Task))
            .GroupBy(episode => episode.Task, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Tokeniser.TermSet(Best(group).Answer), StringComparer.Ordinal);
        var holders = answers.Values.SelectMany(terms => terms).CountBy(term => term).ToDictionary(StringComparer.Ordinal);
        var common = Math.Max(LeastCommon, answers.Count * CommonShare);
        _informative = answers.ToFrozenDictionary(
            answer => answer.Key,
            answer =>
            {
                var told = tasks[answer.Key]();
                return answer.Value.Where(term => term.Length >= ShortestTerm && holders[term] <= common && !told.Contains(term)).ToFrozenSet(StringComparer.Ordinal);
            },
            StringComparer.Ordinal);
    }

    /// <summary>Tasks that have a reference answer.</summary>
    public int Count => _informative.Count;

    /// <summary>Whether the step's answer is the first of the episode to show two informative tokens of the reference answer.</summary>
    public bool Supplies(Episode episode, int step)
    {
        if (!_informative.TryGetValue(episode.Task.Id, out var informative))
        {
            return false;
        }

        var shown = Tokeniser.TermSet(episode.Steps[step].Observation);
        shown.IntersectWith(informative);
        for (var earlier = 0; earlier < step && shown.Count >= LeastShared; earlier++)
        {
            shown.ExceptWith(Tokeniser.Terms(episode.Steps[earlier].Observation));
        }

        return shown.Count >= LeastShared;
    }

    // Supervised episodes come before those of trained policies, clear votes before split ones.
    private static ArchivedEpisode Best(IEnumerable<ArchivedEpisode> episodes) => episodes
        .OrderByDescending(episode => episode.Method.StartsWith(RecordedWorld.DemonstrationMethods, StringComparison.Ordinal))
        .ThenByDescending(episode => episode.Solved)
        .ThenBy(episode => episode.Method, StringComparer.Ordinal)
        .First();
}
