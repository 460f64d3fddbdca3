using System.Collections.Immutable;

namespace StepTool.Core.Episodes;

/// <summary>How an episode is played when a path ends without an answer.</summary>
public enum SearchStrategy
{
    /// <summary>One chain: it ends there.</summary>
    React,

    /// <summary>Depth-first search: back to a node with a child left, and on from there with another action.</summary>
    Dfsdt,
}

/// <summary>A path that a search left: the steps after the node it went back to.</summary>
/// <param name="From">Depth of that node: steps before it.</param>
/// <param name="Steps">The steps left behind, at least one.</param>
public sealed record AbandonedPath(int From, ImmutableArray<Step> Steps);

/// <summary>
/// Pre-order depth-first search of width 2 without ranking, as ToolBench plays DFSDT: a path that is truncated, given up or ends without an answer is
/// left for the deepest node that has tried fewer than two actions; there, what was tried is not offered again. At most 30 turns in all.
/// </summary>
public static class TreeSearch
{
    /// <summary>Actions tried at a node, at most.</summary>
    public const int Width = 2;

    /// <summary>Turns of an episode over all its paths, at most.</summary>
    public const int MaxTurns = 30;

    /// <summary>Actions already tried at the node where the episode stands.</summary>
    public static ImmutableArray<AgentAction> Tried(Episode episode) => [.. At(episode, episode.Steps.Length).Select(path => path.Steps[0].Decision.Action)];

    /// <summary>The episode back at a node with a child left; the episode as it is where the strategy, the width or the turns allow none.</summary>
    internal static Episode BackTrack(Episode ended)
    {
        if (ended.Strategy is not SearchStrategy.Dfsdt || ended.TurnsTaken >= MaxTurns)
        {
            return ended;
        }

        for (var depth = ended.Steps.Length - 1; depth >= 0; depth--)
        {
            if (At(ended, depth).Count() + 1 < Width)
            {
                return ended with
                {
                    Steps = ended.Steps[..depth],
                    Abandoned = ended.Abandoned.Add(new AbandonedPath(depth, ended.Steps[depth..])),
                    Status = EpisodeStatus.Running,
                    FinalAnswer = "",
                };
            }
        }

        return ended;
    }

    // Paths left from the node at this depth of the current path. A later return to a shallower node made it another node.
    private static IEnumerable<AbandonedPath> At(Episode episode, int depth) =>
        episode.Abandoned.Reverse().TakeWhile(path => path.From >= depth).Where(path => path.From == depth);
}
