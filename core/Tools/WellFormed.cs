namespace StepTool.Core.Tools;

/// <summary>UTF-16 without lone surrogates, which JSON writers refuse.</summary>
internal static class WellFormed
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text with each lone surrogate replaced by U+FFFD; the same instance where there is none.</summary>
    public static string Of(string text)
    {
        var lone = FirstLone(text, 0);
        if (lone < 0)
        {
            return text;
        }

        var characters = text.ToCharArray();
        for (; lone >= 0; lone = FirstLone(text, lone + 1))
        {
            characters[lone] = Replacement;
        }

        return new string(characters);
    }

    private static int FirstLone(string text, int from)
    {
        for (var index = from; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
            {
                return index;
            }

            index++;
        }

        return -1;
    }
}
