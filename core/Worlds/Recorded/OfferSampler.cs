using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Draws the APIs that a task offers: its own, and whole tools as distractors, of the sizes that the query's own tools have, those first whose best
/// API scores highest by BM25 for the query; all shuffled. So neither position nor the number of a tool's APIs tells what is relevant.
/// </summary>
internal sealed class OfferSampler
{
    private readonly ImmutableArray<ApiKey> _apis;
    private readonly Bm25 _index;
    private readonly Dictionary<string, int[]> _tools;
    private readonly RecordedWorldOptions _options;

    public OfferSampler(IReadOnlyList<ApiDefinition> apis, RecordedWorldOptions options)
    {
        _apis = [.. apis.Select(api => api.Documentation.Key)];
        _index = new Bm25([.. apis.Select(api => ApiTerms.Plain(api.Documentation))]);
        _tools = Enumerable.Range(0, _apis.Length)
            .GroupBy(index => Tool.Of(_apis[index]), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        _options = options;
    }

    /// <summary>The offered APIs in the order that the agent sees.</summary>
    /// <param name="task">The task.</param>
    /// <param name="barred">Tools that may not be distractors of this task.</param>
    public ImmutableArray<ApiKey> Draw(ArchivedTask task, HashSet<string> barred)
    {
        var chance = StableHash.Of(task.Id, _options.Seed);
        var own = task.Apis.GroupBy(Tool.Of, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var scores = _index.Scores(PlainWords.Of(task.Query));
        var ranked = _tools
            .Where(tool => !own.ContainsKey(tool.Key) && !barred.Contains(tool.Key))
            .OrderByDescending(tool => tool.Value.Max(api => scores[api]))
            .ThenBy(tool => StableHash.Of(tool.Key, chance))
            .ToList();
        var sizes = own.OrderBy(tool => StableHash.Of(tool.Key, chance)).Select(tool => tool.Value).ToArray();
        var offered = task.Apis.ToList();
        var wanted = offered.Count + _options.Distractors;
        for (var turn = 0; offered.Count < wanted && ranked.Count > 0; turn++)
        {
            // Sizes in turn, so that the distractors' sizes are shared out as the query's own are; the best of any size where none fits.
            var size = sizes[turn % sizes.Length];
            var at = Math.Max(0, ranked.FindIndex(tool => tool.Value.Length == size));
            offered.AddRange(ranked[at].Value.Select(index => _apis[index]));
            ranked.RemoveAt(at);
        }

        // By key first, so that the order depends on nothing but the set, the task and the seed.
        var shuffled = offered.Order().ToArray();
        new SeededRandom(chance).Shuffle(shuffled.AsSpan());
        return [.. shuffled];
    }
}
