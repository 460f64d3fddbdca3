using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Policies.Floors;

/// <summary>Ranks the offered APIs by BM25 of their documentation for the query, over the offered APIs; ties by hash.</summary>
/// <param name="ByTool">Tools first, by the sum of their APIs' scores; then each tool's APIs by their own.</param>
/// <param name="Stemmed">Reads stems without stop words instead of plain words.</param>
internal sealed record SearchOrder(bool ByTool, bool Stemmed)
{
    /// <summary>Indices among <see cref="Situation.Apis"/>, best first.</summary>
    public ImmutableArray<int> Rank(Situation situation)
    {
        var apis = situation.Apis;
        var query = Stemmed ? Tokeniser.Terms(situation.Task.Query) : PlainWords.Of(situation.Task.Query);
        var scores = new Bm25([.. apis.Select(api => Stemmed ? ApiTerms.Of(api) : ApiTerms.Plain(api))]).Scores(query);
        var tools = apis.Select((api, index) => (Tool: ToolOf(api), Score: scores[index]))
            .GroupBy(item => item.Tool, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(item => item.Score), StringComparer.Ordinal);
        var tie = StableHash.Of(situation.Task.Id);
        return
        [
            .. Enumerable.Range(0, apis.Length)
                .OrderByDescending(index => ByTool ? tools[ToolOf(apis[index])] : 0)
                .ThenBy(index => ByTool ? StableHash.Of(ToolOf(apis[index]), tie) : 0)
                .ThenByDescending(index => scores[index])
                .ThenBy(index => StableHash.Of(apis[index].Key.ToString(), tie)),
        ];
    }

    private static string ToolOf(ApiDocumentation api) => $"{api.Key.Category}/{api.Key.Tool}";
}
