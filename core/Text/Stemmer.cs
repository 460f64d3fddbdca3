using System.Buffers;

namespace StepTool.Core.Text;

/// <summary>A light English stemmer: takes off plural, -ing, -ed and a final e, so that inflections of a word meet.</summary>
public static class Stemmer
{
    private const int ShortestStem = 3;
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    /// <summary>The stem of a lower-case word; words of fewer than four letters, and numbers, stay.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Length <= ShortestStem || char.IsDigit(word[0]))
        {
            return word;
        }

        var stem = WithoutInflection(WithoutPlural(word));
        return stem.Length > ShortestStem && stem[^1] == 'e' ? stem[..^1] : stem;
    }

    private static string WithoutPlural(string word) => word switch
    {
        [.. var stem, 'i', 'e', 's'] when stem.Length > 1 => stem + "y",
        [.. var stem, 's', 's', 'e', 's'] => stem + "ss",
        [.., 's' or 'u' or 'i', 's'] or "news" => word,
        [.. var stem, 's'] => stem,
        _ => word,
    };

    private static string WithoutInflection(string word)
    {
        var cut = word.EndsWith("ing", StringComparison.Ordinal) ? 3 : word.EndsWith("ed", StringComparison.Ordinal) ? 2 : 0;
        var stem = word.AsSpan(0, word.Length - cut);
        if (cut == 0 || stem.Length < ShortestStem || !stem.ContainsAny(Vowels))
        {
            return word;
        }

        // planned and planning are of plan; called and passing keep their double letter, as call and pass do.
        var doubled = stem[^1] == stem[^2] && !"lsz".Contains(stem[^1]);
        return (doubled ? stem[..^1] : stem).ToString();
    }
}
