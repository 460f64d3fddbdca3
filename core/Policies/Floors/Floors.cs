using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StepTool.Core.Policies.Floors;

/// <summary>
/// Policies that learn nothing, against which every table is read. All but random call chosen APIs once each with the best-guess arguments, then finish.
/// </summary>
public static partial class Floors
{
    private const int MostCalls = 5;

    /// <summary>
    /// Names of the floors of every table, in its order: <c>random</c>; <c>bm25@k</c>, the k best APIs by BM25 over plain words; <c>tool-bm25@k</c>, the same
    /// with tools ranked first by the sum of their APIs; <c>listed</c>, the first five as offered; <c>call-everything</c>, as many as the budget allows.
    /// </summary>
    public static ImmutableArray<string> All { get; } =
        ["random", .. UpToMost("bm25@"), .. UpToMost("tool-bm25@"), "listed", "call-everything"];

    /// <summary>Names of stronger searches, for references beside the floors: BM25 over stems without stop words, identifiers split.</summary>
    public static ImmutableArray<string> Stemmed { get; } = [.. UpToMost("bm25-stemmed@"), .. UpToMost("tool-bm25-stemmed@")];

    /// <summary>Searches that stand beside the floors as references, outside the comparison: stronger than what the literature calls BM25 here.</summary>
    public static ImmutableArray<string> References { get; } = [Stemmed[MostCalls - 1], Stemmed[^1]];

    /// <summary>Creates the policy of a name in <see cref="All"/> or <see cref="Stemmed"/>.</summary>
    /// <exception cref="ArgumentException">There is no floor of that name.</exception>
    public static IPolicy Create(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (SearchName().Match(name) is { Success: true } search)
        {
            var order = new SearchOrder(ByTool: search.Groups["tool"].Success, Stemmed: search.Groups["stemmed"].Success);
            return new OrderedCallsPolicy(order.Rank, search.Groups["calls"].Value[0] - '0');
        }

        return name switch
        {
            "random" => new RandomPolicy(),
            "listed" => new OrderedCallsPolicy(AsOffered, MostCalls),
            "call-everything" => new OrderedCallsPolicy(AsOffered, int.MaxValue),
            _ => throw new ArgumentException($"There is no floor '{name}'. Choose one of {string.Join(", ", All.Concat(Stemmed))}."),
        };
    }

    private static ImmutableArray<int> AsOffered(Episodes.Situation situation) => [.. Enumerable.Range(0, situation.Apis.Length)];

    private static IEnumerable<string> UpToMost(string prefix) =>
        Enumerable.Range(1, MostCalls).Select(calls => prefix + calls.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex("^(?<tool>tool-)?bm25(?<stemmed>-stemmed)?@(?<calls>[1-5])$", RegexOptions.CultureInvariant)]
    private static partial Regex SearchName();
}
