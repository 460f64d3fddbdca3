using System.Text.RegularExpressions;

namespace StepTool.Core.Episodes;

/// <summary>Finds the literals of a query that can become arguments: quoted text, identifiers, numbers, addresses and capitalised names.</summary>
public static partial class QueryReader
{
    private const int MaxValues = 12;
    private const int ContextWords = 3;

    /// <summary>The literals in their order, each named by the words before it.</summary>
    public static List<ObservedValue> Read(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var values = new List<ObservedValue>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match match in Literal().Matches(query))
        {
            var value = match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Value;
            value = value.Trim().TrimEnd('.', ',', '?', '!', ';', ':');
            var isSentenceStart = match.Groups["name"].Success && StartsSentence(query, match.Index) && !value.Contains(' ', StringComparison.Ordinal);
            if (value.Length > 0 && !isSentenceStart && seen.Add(value) && values.Count < MaxValues)
            {
                values.Add(new ObservedValue(WordsBefore(query, match.Index), value));
            }
        }

        return values;
    }

    private static bool StartsSentence(string query, int index)
    {
        var before = query.AsSpan(0, index).TrimEnd();
        return before.IsEmpty || before[^1] is '.' or '?' or '!' or ':';
    }

    private static string WordsBefore(string query, int index)
    {
        var words = query[..index].Split([' ', ',', '.', '?', '!', ':', ';', '(', '"'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.TakeLast(ContextWords));
    }

    // Every repeat that may begin inside of another one's text is bounded, so that reading takes time in proportion to the text.
    [GeneratedRegex("""
        (?<![\w])['"“‘](?<quoted>[^'"”’“‘]{1,80})['"”’](?!\w)
        |https?://\S+
        |[\w.+-]{1,64}@[\w-]{1,255}\.[\w.]+
        |\b(?:[A-Za-z]+[-_]){0,16}[A-Za-z]*\d[\w.,:/-]*
        |(?<name>\b\p{Lu}\p{L}+(?:\s+\p{Lu}\p{L}+)*)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Literal();
}
