namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>As much grammar as generated sentences need.</summary>
internal static class English
{
    /// <summary>Plural of a noun.</summary>
    public static string Plural(string noun) => noun switch
    {
        [.., 'a' or 'e' or 'i' or 'o' or 'u', 'y'] => noun + "s",
        [.. var stem, 'y'] => stem + "ies",
        [.. var stem, 'm', 'a', 'n'] => stem + "men",
        [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] => noun + "es",
        _ => noun + "s",
    };

    /// <summary>A noun with its indefinite article.</summary>
    public static string A(string noun) => noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? $"an {noun}" : $"a {noun}";

    /// <summary>A sentence's first letter as a capital.</summary>
    public static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
