using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;

namespace StepTool.Core.Features;

/// <summary>Features of the API that a candidate calls: documentation against query, what it would unlock, what happened to it before. Read anew for each situation, in the same memory.</summary>
internal sealed class ApiFeatures
{
    private TaskIndex _index = null!;
    private History _history = null!;
    private float[] _unlocksOne = [];
    private float[] _unlocksTwo = [];
    private bool[] _isBound = [];
    private ToolCounts[] _tools = [];

    /// <summary>Forgets what it held and reads a situation's candidates.</summary>
    internal void Read(TaskIndex index, History history, ImmutableArray<Candidate> candidates)
    {
        (_index, _history) = (index, history);
        var apis = index.Apis;
        Scratch.Clear(ref _isBound, apis.Length);
        Scratch.Clear(ref _unlocksOne, apis.Length);
        Scratch.Clear(ref _unlocksTwo, apis.Length);
        Scratch.Clear(ref _tools, apis.Length);
        foreach (var candidate in candidates)
        {
            if (candidate.Api >= 0 && AreKnown(candidate.Bindings))
            {
                _isBound[candidate.Api] = true;
            }
        }

        for (var api = 0; api < apis.Length; api++)
        {
            _unlocksOne[api] = apis[api].Score / index.MaxScore;
        }

        Propagate(_unlocksOne, _unlocksTwo);
        (_unlocksOne, _unlocksTwo) = (_unlocksTwo, _unlocksOne);
        Propagate(_unlocksOne, _unlocksTwo);
        for (var api = 0; api < apis.Length; api++)
        {
            ref var tool = ref _tools[apis[api].ToolNumber];
            tool = new(tool.Succeeded + history.Succeeded[api], tool.Failed + history.Failed[api], tool.Called + (history.Succeeded[api] > 0 ? 1 : 0));
        }
    }

    internal void Write(Candidate candidate, Span<float> features)
    {
        var api = _index.Apis[candidate.Api];
        WriteMatch(api, features);
        WriteOutlook(candidate.Api, features);
        WriteHistory(candidate, features);
        features[(int)CandidateFeature.TwinSimilarity] = api.TwinSimilarity;
        features[(int)CandidateFeature.TwinQueryAdvantage] = api.TwinAdvantage;
        features[(int)CandidateFeature.TwinCalled] = api.Twin >= 0 && _history.Succeeded[api.Twin] > 0 ? 1 : 0;
        features[(int)CandidateFeature.RequiredCount] = Math.Min(4, api.RequiredCount) / 4f;
    }

    private void WriteMatch(IndexedApi api, Span<float> features)
    {
        features[(int)CandidateFeature.Bm25] = api.Score / _index.MaxScore;
        features[(int)CandidateFeature.Bm25Share] = api.ScoreShare;
        features[(int)CandidateFeature.Bm25Rank] = api.RankFeature;
        features[(int)CandidateFeature.ToolBm25] = api.ToolScore;
        features[(int)CandidateFeature.ToolBm25Best] = api.ToolBest;
        features[(int)CandidateFeature.ToolRank] = api.ToolRankFeature;
        features[(int)CandidateFeature.ApiNameInQuery] = api.NameInQuery;
        features[(int)CandidateFeature.ToolNameInQuery] = api.ToolNameInQuery;
        features[(int)CandidateFeature.QueryCoverage] = _index.Weight(api.Mask) / _index.KnownWeight;
        features[(int)CandidateFeature.NameTrigrams] = api.NameTrigrams;
        features[(int)CandidateFeature.DescriptionTrigrams] = api.DescriptionTrigrams;
        features[(int)CandidateFeature.CategoryInQuery] = api.CategoryInQuery;
        features[(int)CandidateFeature.RankWithinTool] = api.RankWithinTool;
    }

    private void WriteOutlook(int api, Span<float> features)
    {
        var residual = _history.Residuals[api];
        var own = _index.Weight(_index.Apis[api].Mask) / _index.KnownWeight;
        features[(int)CandidateFeature.Residual] = residual / Math.Max(1e-6f, Math.Max(_history.MaxResidual, residual));
        features[(int)CandidateFeature.ResidualShare] = own <= 0 ? 0 : residual / own;
        features[(int)CandidateFeature.UnlocksOne] = _unlocksOne[api];
        features[(int)CandidateFeature.UnlocksTwo] = _unlocksTwo[api];
        features[(int)CandidateFeature.NeedsUnknown] = _isBound[api] ? 0 : 1;
    }

    private void WriteHistory(Candidate candidate, Span<float> features)
    {
        var api = candidate.Api;
        var (succeeded, failed, called) = _tools[_index.Apis[api].ToolNumber];
        features[(int)CandidateFeature.ApiSucceeded] = Math.Min(2, _history.Succeeded[api]) / 2f;
        features[(int)CandidateFeature.ApiFailed] = Math.Min(2, _history.Failed[api]) / 2f;
        features[(int)CandidateFeature.ApiFailedRetriably] = _history.Retriable[api] ? 1 : 0;
        features[(int)CandidateFeature.ApiFailedForGood] = _history.Final[api] ? 1 : 0;
        features[(int)CandidateFeature.ToolSucceeded] = Math.Min(3, succeeded - _history.Succeeded[api]) / 3f;
        features[(int)CandidateFeature.ToolFailed] = Math.Min(3, failed - _history.Failed[api]) / 3f;
        features[(int)CandidateFeature.ToolCalledShare] = (float)called / _index.Apis[api].ToolSize;
        var terms = _index.Apis[api].NameTerms;
        features[(int)CandidateFeature.NamedByLastAnswer] =
            terms.Length == 0 || _history.Last is null ? 0 : (float)CountIn(terms, TextReading.OfObservation(_history.Last.Observation).Terms) / terms.Length;
        features[(int)CandidateFeature.LikeFailedApi] = LikenessToFailed(api);
    }

    // For switching: how much this API says of what a failed one needed, when the two are twins.
    private float LikenessToFailed(int api)
    {
        var best = 0f;
        for (var other = 0; other < _index.Apis.Length; other++)
        {
            if (other != api && _history.Final[other] && _history.Succeeded[other] == 0)
            {
                var shared = 0;
                foreach (var term in _index.Apis[api].TermSet)
                {
                    shared += _index.Apis[other].TermSet.Contains(term) ? 1 : 0;
                }

                best = Math.Max(best, 2f * shared / Math.Max(1, _index.Apis[api].TermSet.Count + _index.Apis[other].TermSet.Count));
            }
        }

        return best;
    }

    /// <summary>For each API the best product of a link to an API that lacks arguments and that API's own worth.</summary>
    private void Propagate(float[] worth, float[] propagated)
    {
        for (var from = 0; from < _index.Apis.Length; from++)
        {
            propagated[from] = 0;
            for (var to = 0; to < _index.Apis.Length; to++)
            {
                if (!_isBound[to] && _index.Apis[from].Unlocks[to] > 0)
                {
                    propagated[from] = Math.Max(propagated[from], _index.Apis[from].Unlocks[to] * worth[to]);
                }
            }
        }
    }

    private static int CountIn(string[] terms, HashSet<string> set)
    {
        var count = 0;
        foreach (var term in terms)
        {
            count += set.Contains(term) ? 1 : 0;
        }

        return count;
    }

    private static bool AreKnown(ImmutableArray<ArgumentBinding> bindings)
    {
        foreach (var binding in bindings)
        {
            if (!IsKnown(binding))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsKnown(ArgumentBinding binding) => binding.Source is not ArgumentSource.Fallback
        && (binding.Source is not ArgumentSource.Query || binding.Match > 0.5f || binding.Field.Length > 0);

    private readonly record struct ToolCounts(int Succeeded, int Failed, int Called);
}
