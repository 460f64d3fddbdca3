using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Splits tasks 60/15/25 into train, dev and test by connected component of shared relevant tools, so that no relevant tool stands on two sides.
/// The hash of a component's first tool decides, so that a task keeps its side when unrelated tasks come or go.
/// </summary>
internal sealed class ComponentSplit
{
    private const double TrainShare = 0.60;
    private const double TestShare = 0.25;
    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);
    private readonly ulong _seed;

    public ComponentSplit(IEnumerable<ArchivedTask> tasks, ulong seed)
    {
        _seed = seed;
        foreach (var task in tasks)
        {
            foreach (var api in task.Relevant)
            {
                Join(Tool.Of(task.Relevant[0]), Tool.Of(api));
            }
        }
    }

    /// <summary>The component of a task: its first tool's key; the task's own id where its truth is not known.</summary>
    public string Component(ArchivedTask task) => task.Relevant.IsEmpty ? task.Id : Root(Tool.Of(task.Relevant[0]));

    /// <summary>The side of a task; None where its truth is not known.</summary>
    public Split Side(ArchivedTask task)
    {
        if (task.Relevant.IsEmpty)
        {
            return Split.None;
        }

        var share = StableHash.Of(Component(task), _seed) / (double)ulong.MaxValue;
        return share < TrainShare ? Split.Train : share < 1 - TestShare ? Split.Dev : Split.Test;
    }

    private void Join(string left, string right)
    {
        var (one, other) = (Root(left), Root(right));
        var (first, second) = string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
        _parents[second] = first;
    }

    private string Root(string tool)
    {
        while (_parents.TryGetValue(tool, out var parent) && parent != tool)
        {
            tool = parent;
        }

        return tool;
    }
}
