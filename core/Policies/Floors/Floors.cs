using System.Collections.Immutable;
using System.Globalization;

namespace StepTool.Core.Policies.Floors;

/// <summary>The policies that every table is read against: they learn nothing. Each calls the chosen APIs once, with the best-guess arguments, then finishes.</summary>
public static class Floors
{
    private const int MostCalls = 5;
    private const string Random = "random";
    private const string Bm25 = "bm25@";
    private const string ToolBm25 = "tool-bm25@";
    private const string Listed = "listed";
    private const string CallEverything = "call-everything";

    /// <summary>Names of all floors, in the order of a table.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        Random,
        .. Enumerable.Range(1, MostCalls).Select(calls => Bm25 + calls.ToString(CultureInfo.InvariantCulture)),
        .. Enumerable.Range(1, MostCalls).Select(calls => ToolBm25 + calls.ToString(CultureInfo.InvariantCulture)),
        Listed,
        CallEverything,
    ];

    /// <summary>Whether a name is that of a floor.</summary>
    public static bool Contains(string name) => All.Contains(name);

    /// <summary>Creates a floor.</summary>
    /// <exception cref="ArgumentException">There is no floor of that name.</exception>
    public static IPolicy Create(string name)
    {
        if (!Contains(name))
        {
            throw new ArgumentException($"There is no floor '{name}'. Choose one of {string.Join(", ", All)}.", nameof(name));
        }

        return name switch
        {
            Random => new RandomPolicy(),
            Listed => new OrderedCallsPolicy(ApiOrder.Listed, MostCalls),
            CallEverything => new OrderedCallsPolicy(ApiOrder.Listed, int.MaxValue),
            _ => new OrderedCallsPolicy(name.StartsWith(ToolBm25, StringComparison.Ordinal) ? ApiOrder.ByTool : ApiOrder.ByApi, name[^1] - '0'),
        };
    }
}
