using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;

namespace StepTool.Core.Features;

/// <summary>Features of the API that a candidate calls: documentation against query, what it would unlock, what happened to it before.</summary>
internal sealed class ApiFeatures
{
    private readonly TaskIndex _index;
    private readonly History _history;
    private readonly float[] _unlocksOne;
    private readonly float[] _unlocksTwo;
    private readonly bool[] _unbound;
    private readonly Dictionary<string, (int Succeeded, int Failed, int Called)> _tools = [];

    internal ApiFeatures(Situation situation, TaskIndex index, History history, ImmutableArray<Candidate> candidates)
    {
        (_index, _history) = (index, history);
        _unbound = new bool[index.Apis.Length];
        Array.Fill(_unbound, true);
        foreach (var candidate in candidates)
        {
            if (candidate.Api >= 0 && candidate.Bindings.All(IsKnown))
            {
                _unbound[candidate.Api] = false;
            }
        }

        _unlocksOne = Propagate(api => index.Apis[api].Score / index.MaxScore);
        _unlocksTwo = Propagate(api => _unlocksOne[api]);
        for (var api = 0; api < index.Apis.Length; api++)
        {
            var tool = index.Apis[api].Tool;
            var (succeeded, failed, called) = _tools.GetValueOrDefault(tool);
            _tools[tool] = (succeeded + history.Succeeded[api], failed + history.Failed[api], called + (history.Succeeded[api] > 0 ? 1 : 0));
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
        features[(int)CandidateFeature.RequiredCount] = Math.Min(4, api.Documentation.Parameters.Count(parameter => parameter.Required)) / 4f;
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
        features[(int)CandidateFeature.NeedsUnknown] = _unbound[api] ? 1 : 0;
    }

    private void WriteHistory(Candidate candidate, Span<float> features)
    {
        var api = candidate.Api;
        var (succeeded, failed, called) = _tools[_index.Apis[api].Tool];
        features[(int)CandidateFeature.ApiSucceeded] = Math.Min(2, _history.Succeeded[api]) / 2f;
        features[(int)CandidateFeature.ApiFailed] = Math.Min(2, _history.Failed[api]) / 2f;
        features[(int)CandidateFeature.ApiFailedRetriably] = _history.Retriable[api] ? 1 : 0;
        features[(int)CandidateFeature.ApiFailedForGood] = _history.Final[api] ? 1 : 0;
        features[(int)CandidateFeature.ToolSucceeded] = Math.Min(3, succeeded - _history.Succeeded[api]) / 3f;
        features[(int)CandidateFeature.ToolFailed] = Math.Min(3, failed - _history.Failed[api]) / 3f;
        features[(int)CandidateFeature.ToolCalledShare] = (float)called / _index.Apis[api].ToolSize;
        var terms = _index.Apis[api].NameTerms;
        features[(int)CandidateFeature.NamedByLastAnswer] =
            terms.Length == 0 || _history.Last is null ? 0 : (float)terms.Count(_history.LastTerms.Contains) / terms.Length;
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
                var shared = _index.Apis[api].TermSet.Count(_index.Apis[other].TermSet.Contains);
                best = Math.Max(best, 2f * shared / Math.Max(1, _index.Apis[api].TermSet.Count + _index.Apis[other].TermSet.Count));
            }
        }

        return best;
    }

    /// <summary>For each API the best product of a link to an API that lacks arguments and that API's own worth.</summary>
    private float[] Propagate(Func<int, float> worth)
    {
        var propagated = new float[_index.Apis.Length];
        for (var from = 0; from < propagated.Length; from++)
        {
            for (var to = 0; to < propagated.Length; to++)
            {
                if (_unbound[to] && _index.Apis[from].Unlocks[to] > 0)
                {
                    propagated[from] = Math.Max(propagated[from], _index.Apis[from].Unlocks[to] * worth(to));
                }
            }
        }

        return propagated;
    }

    private static bool IsKnown(ArgumentBinding binding) => binding.Source is not ArgumentSource.Fallback
        && (binding.Source is not ArgumentSource.Query || binding.Match > 0.5f || binding.Field.Length > 0);
}
