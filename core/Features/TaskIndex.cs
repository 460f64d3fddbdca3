using System.Collections.Immutable;
using System.Numerics;
using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Features;

/// <summary>What of a task's features never changes during its episode: how the query matches each offered API's documentation.</summary>
internal sealed class TaskIndex
{
    private const int MaxQueryTerms = 64; // one bit each

    private readonly Dictionary<string, int> _queryBits = [];
    private readonly float[] _idf;

    internal TaskIndex(string query, ImmutableArray<ApiDocumentation> apis)
    {
        Apis = [.. apis.Select(api => new IndexedApi(api))];
        var bm25 = new Bm25([.. Apis.Select(api => api.Terms)]);
        foreach (var term in Tokeniser.Terms(query))
        {
            if (_queryBits.Count < MaxQueryTerms)
            {
                _queryBits.TryAdd(term, _queryBits.Count);
            }
        }

        QueryTrigrams = Trigrams.Of(_queryBits.Keys);
        _idf = new float[_queryBits.Count];
        foreach (var (term, bit) in _queryBits)
        {
            _idf[bit] = (float)bm25.Idf(term);
        }

        for (var index = 0; index < Apis.Length; index++)
        {
            Apis[index].Match(this, bm25, index);
        }

        RankTools();
        LinkApis();
    }

    internal IndexedApi[] Apis { get; }

    internal HashSet<int> QueryTrigrams { get; }

    internal float MaxScore { get; private set; }

    internal Dictionary<string, int> QueryBits => _queryBits;

    /// <summary>Bits of the query's terms that stand among the terms given.</summary>
    internal ulong Mask(string[] terms)
    {
        var mask = 0ul;
        foreach (var term in terms)
        {
            mask |= _queryBits.TryGetValue(term, out var bit) ? 1ul << bit : 0;
        }

        return mask;
    }

    /// <summary>How many of the terms given are the query's.</summary>
    internal int CountInQuery(string[] terms)
    {
        var count = 0;
        foreach (var term in terms)
        {
            count += _queryBits.ContainsKey(term) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Sum of the idf of the query terms in a mask.</summary>
    internal float Weight(ulong mask)
    {
        var sum = 0f;
        for (; mask != 0; mask &= mask - 1)
        {
            sum += _idf[BitOperations.TrailingZeroCount(mask)];
        }

        return sum;
    }

    /// <summary>The idf of all query terms that some API's documentation holds.</summary>
    internal float KnownWeight { get; private set; }

    private void RankTools()
    {
        MaxScore = Math.Max(1e-6f, Apis.Select(api => api.Score).DefaultIfEmpty(0).Max());
        var sum = Math.Max(1e-6f, Apis.Sum(api => api.Score));
        var known = 0ul;
        foreach (var (api, rank) in Apis.OrderByDescending(api => api.Score).Select((api, rank) => (api, rank)))
        {
            api.ScoreShare = api.Score / sum;
            api.RankFeature = 1f / (1 + rank);
            known |= api.Mask;
        }

        KnownWeight = Math.Max(1e-6f, Weight(known));
        var tools = Apis.GroupBy(api => api.Tool).Select(tool => (Apis: tool.OrderByDescending(api => api.Score).ToArray(), Sum: tool.Sum(api => api.Score)))
            .OrderByDescending(tool => tool.Sum).ToArray();
        for (var rank = 0; rank < tools.Length; rank++)
        {
            for (var within = 0; within < tools[rank].Apis.Length; within++)
            {
                var api = tools[rank].Apis[within];
                api.ToolNumber = rank;
                api.ToolScore = tools[rank].Sum / Math.Max(1e-6f, tools[0].Sum);
                api.ToolBest = tools[rank].Apis[0].Score / MaxScore;
                api.ToolRankFeature = 1f / (1 + rank);
                api.RankWithinTool = 1f / (1 + within);
                api.ToolSize = tools[rank].Apis.Length;
            }
        }
    }

    // link(i -> j): how much of what j's required parameters are called stands in what i's documentation says beyond its own parameters.
    private void LinkApis()
    {
        var twin = new float[Apis.Length];
        for (var from = 0; from < Apis.Length; from++)
        {
            var api = Apis[from];
            api.Unlocks = new float[Apis.Length];
            for (var to = 0; to < Apis.Length; to++)
            {
                if (to == from)
                {
                    continue;
                }

                api.Unlocks[to] = Apis[to].Needs.Length == 0 ? 0 : (float)Apis[to].Needs.Count(api.Says.Contains) / Apis[to].Needs.Length;
                var similarity = Similarity(api, Apis[to]);
                if (similarity > twin[from])
                {
                    (twin[from], api.Twin) = (similarity, to);
                }
            }

            api.TwinSimilarity = twin[from];
            if (api.Twin >= 0)
            {
                var other = Apis[api.Twin].Mask;
                api.TwinAdvantage = (Weight(api.Mask & ~other) - Weight(other & ~api.Mask)) / KnownWeight;
            }
        }
    }

    private static float Similarity(IndexedApi one, IndexedApi other)
    {
        var shared = one.TermSet.Count(other.TermSet.Contains);
        return 2f * shared / Math.Max(1, one.TermSet.Count + other.TermSet.Count);
    }
}
