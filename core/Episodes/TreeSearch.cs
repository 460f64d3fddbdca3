using System.Collections.Immutable;
using StepTool.Core.Policies;

namespace StepTool.Core.Episodes;

/// <summary>How an episode is played when a path ends without an answer.</summary>
public enum SearchStrategy
{
    /// <summary>One chain: it ends there.</summary>
    React,

    /// <summary>Depth-first search: back to a node with a child left, and on from there with another action.</summary>
    Dfsdt,

    /// <summary>Whole attempts: from the beginning again, sampled, so that a search has something of equal turns to be compared with.</summary>
    Restarts,
}

/// <summary>A path that a search left: the steps after the node it went back to.</summary>
/// <param name="From">Depth of that node: steps before it.</param>
/// <param name="Steps">The steps left behind, at least one.</param>
public sealed record AbandonedPath(int From, ImmutableArray<Step> Steps);

/// <summary>
/// Pre-order depth-first search of width 2 without ranking, as ToolBench plays DFSDT: a path that is truncated, given up or ends without an answer is
/// left for the deepest node that has tried fewer than two actions; there, what was tried is not offered again. Restarts leave it for the beginning. Either goes on
/// only where a whole path still fits into 30 turns, so that both have the same budget; the first answer ends both.
/// </summary>
public static class TreeSearch
{
    /// <summary>Actions tried at a node, at most.</summary>
    public const int Width = 2;

    /// <summary>Turns of an episode over all its paths, at most.</summary>
    public const int MaxTurns = 30;

    /// <summary>Actions already tried at the node where the episode stands.</summary>
    public static ImmutableArray<AgentAction> Tried(Episode episode) =>
        episode.Strategy is SearchStrategy.Dfsdt ? [.. At(episode, episode.Steps.Length).Select(path => path.Steps[0].Decision.Action)] : [];

    /// <summary>How the episode chooses now: as asked, but attempts after the first are sampled, since the best would be the same again.</summary>
    public static DecisionMode Mode(Episode episode, DecisionMode asked) =>
        episode is { Strategy: SearchStrategy.Restarts, Abandoned.IsEmpty: false } ? DecisionMode.Sampled : asked;

    /// <summary>The episode back at a node with a child left, or at the beginning; the episode as it is where the strategy, the width or the turns allow none.</summary>
    internal static Episode BackTrack(Episode ended) => Return(ended) is >= 0 and var depth && ended.TurnsTaken + ended.Task.MaxTurns - depth <= MaxTurns
        ? ended with
        {
            Steps = ended.Steps[..depth],
            Abandoned = ended.Abandoned.Add(new AbandonedPath(depth, ended.Steps[depth..])),
            Status = EpisodeStatus.Running,
            FinalAnswer = "",
        }
        : ended;

    // Depth of the node to go back to, or -1.
    private static int Return(Episode ended) => ended.Strategy switch
    {
        SearchStrategy.Dfsdt => Enumerable.Range(0, ended.Steps.Length).LastOrDefault(depth => At(ended, depth).Count() + 1 < Width, -1),
        SearchStrategy.Restarts => 0,
        _ => -1,
    };

    // Paths left from the node at this depth of the current path. A later return to a shallower node made it another node.
    private static IEnumerable<AbandonedPath> At(Episode episode, int depth) =>
        episode.Abandoned.Reverse().TakeWhile(path => path.From >= depth).Where(path => path.From == depth);
}
