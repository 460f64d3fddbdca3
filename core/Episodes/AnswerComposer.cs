using System.Collections.Immutable;
using StepTool.Core.Text;

namespace StepTool.Core.Episodes;

/// <summary>
/// Composes the final answer of policies that do not write one, by the same fixed rule for every method: from each successful step, in order,
/// the three fields whose names match the query best. Never a learned target.
/// </summary>
public static class AnswerComposer
{
    private const int FieldsPerStep = 3;
    private const int MaxLength = 512;

    /// <summary>The answer as <c>field: value; field: value</c>, at most 512 characters; empty without a successful step.</summary>
    public static string Compose(string query, ImmutableArray<Step> steps)
    {
        var terms = new HashSet<string>(Tokeniser.Terms(query), StringComparer.Ordinal);
        var parts = new List<string>();
        foreach (var step in steps)
        {
            if (step.Success && step.Call is not null)
            {
                parts.AddRange(Best(terms, step.Observation));
            }
        }

        return TextCut.To(string.Join("; ", parts), MaxLength);
    }

    private static IEnumerable<string> Best(HashSet<string> queryTerms, string observation)
    {
        var values = ObservationReader.Read(observation);
        if (values.Count == 0)
        {
            var text = observation.Trim();
            return text.Length == 0 ? [] : [TextCut.To(text, MaxLength / 4)];
        }

        return values
            .Select((value, order) => (value, order, score: Match(queryTerms, value.Field)))
            .OrderByDescending(item => item.score)
            .ThenBy(item => item.order)
            .Take(FieldsPerStep)
            .OrderBy(item => item.order)
            .Select(item => $"{item.value.Field}: {item.value.Value}");
    }

    private static double Match(HashSet<string> queryTerms, string field)
    {
        var terms = Tokeniser.Terms(field);
        return terms.Length == 0 ? 0 : (double)terms.Count(queryTerms.Contains) / terms.Length;
    }
}
