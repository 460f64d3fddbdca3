namespace StepTool.Core.Text;

/// <summary>Splits text into lower-case words of at least three letters or digits, as they stand: the plain reading that baselines are measured with.</summary>
/// <remarks><see cref="Tokeniser"/> reads more out of a text; what reads by it is stronger than what reads by this.</remarks>
public static class PlainWords
{
    private const int ShortestWord = 3;

    /// <summary>The words of a text in order, repeats included.</summary>
    public static string[] Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && char.IsLetterOrDigit(text[index]))
            {
                continue;
            }

            if (index - start >= ShortestWord)
            {
                words.Add(text[start..index].ToLowerInvariant());
            }

            start = index + 1;
        }

        return [.. words];
    }
}
