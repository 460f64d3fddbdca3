using System.Collections.Frozen;

namespace StepTool.Core.Text;

/// <summary>Splits text into search terms: words of prose and parts of identifiers alike, lower case, stemmed, without stop words.</summary>
public static class Tokeniser
{
    private static readonly FrozenSet<string> StopWords = FrozenSet.ToFrozenSet(
    [
        "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "do", "does", "for",
        "from", "had", "has", "have", "he", "her", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "like", "ll", "m", "may",
        "me", "more", "my", "need", "no", "not", "of", "on", "or", "our", "out", "please", "re", "s", "she", "should", "so", "some", "such", "t",
        "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "use", "ve", "want", "was", "we",
        "were", "what", "when", "where", "which", "who", "will", "with", "would", "you", "your",
    ]);

    /// <summary>The terms of a text in order, repeats included.</summary>
    /// <remarks>Splits at all but letters and digits, between a letter and a digit, and in camelCase before a capital (<c>getHTTPPage2</c>: get, http, page, 2).</remarks>
    public static string[] Terms(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new List<string>();
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index > start && (index == text.Length || !char.IsLetterOrDigit(text[index]) || Splits(text, index)))
            {
                Add(text.AsSpan(start, index - start), terms);
                start = index;
            }

            if (index < text.Length && !char.IsLetterOrDigit(text[index]))
            {
                start = index + 1;
            }
        }

        return [.. terms];
    }

    /// <summary>The distinct terms of a text.</summary>
    public static HashSet<string> TermSet(string text) => [.. Terms(text)];

    private static bool Splits(string text, int index)
    {
        var (before, here) = (text[index - 1], text[index]);
        return char.IsDigit(before) != char.IsDigit(here)
            || (char.IsLower(before) && char.IsUpper(here))
            || (char.IsUpper(before) && char.IsUpper(here) && index + 1 < text.Length && char.IsLower(text[index + 1]));
    }

    private static void Add(ReadOnlySpan<char> word, List<string> terms)
    {
        var lower = word.ToString().ToLowerInvariant();
        if (!StopWords.Contains(lower))
        {
            terms.Add(Stemmer.Stem(lower));
        }
    }
}
