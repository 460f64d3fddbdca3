using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Policies.Floors;

/// <summary>Orders in which a floor calls the offered APIs; indices among <see cref="Situation.Apis"/>.</summary>
internal static class ApiOrder
{
    /// <summary>As they are offered.</summary>
    public static ImmutableArray<int> Listed(Situation situation) => [.. Enumerable.Range(0, situation.Apis.Length)];

    /// <summary>By BM25 of each API's documentation for the query, over the offered APIs.</summary>
    public static ImmutableArray<int> ByApi(Situation situation) => Rank(situation, byTool: false);

    /// <summary>Tools by the sum of their APIs' BM25 first, then each tool's APIs by their own.</summary>
    public static ImmutableArray<int> ByTool(Situation situation) => Rank(situation, byTool: true);

    private static ImmutableArray<int> Rank(Situation situation, bool byTool)
    {
        var apis = situation.Apis;
        var scores = new Bm25([.. apis.Select(ApiTerms.Of)]).Scores(Tokeniser.Terms(situation.Task.Query));
        var tools = apis.Select((api, index) => (Tool: ToolOf(api), Score: scores[index]))
            .GroupBy(item => item.Tool, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(item => item.Score), StringComparer.Ordinal);
        var tie = StableHash.Of(situation.Task.Id);
        return
        [
            .. Enumerable.Range(0, apis.Length)
                .OrderByDescending(index => byTool ? tools[ToolOf(apis[index])] : 0)
                .ThenBy(index => byTool ? StableHash.Of(ToolOf(apis[index]), tie) : 0)
                .ThenByDescending(index => scores[index])
                .ThenBy(index => StableHash.Of(apis[index].Key.ToString(), tie)),
        ];
    }

    private static string ToolOf(ApiDocumentation api) => $"{api.Key.Category}/{api.Key.Tool}";
}
