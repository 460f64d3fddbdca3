using System.Collections.Concurrent;

namespace StepTool.Core.Text;

/// <summary>Terms of short texts that come again and again, such as names of fields and parameters. Bounded; safe for concurrent use.</summary>
internal static class TermCache
{
    private const int MaxTexts = 32_768;
    private const int MaxLength = 64;
    private static readonly ConcurrentDictionary<string, string[]> Known = new(StringComparer.Ordinal);

    /// <summary>What <see cref="Tokeniser.Terms"/> answers. Not to be changed by the caller.</summary>
    internal static string[] Terms(string text)
    {
        if (text.Length > MaxLength)
        {
            return Tokeniser.Terms(text);
        }

        if (Known.TryGetValue(text, out var terms))
        {
            return terms;
        }

        if (Known.Count >= MaxTexts)
        {
            Known.Clear();
        }

        return Known[text] = Tokeniser.Terms(text);
    }
}
