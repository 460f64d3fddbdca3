namespace StepTool.Core.Text;

/// <summary>Cuts texts so that what is left is a text still.</summary>
public static class TextCut
{
    /// <summary>The text's first characters; never half of one that takes two code units.</summary>
    public static string To(string text, int length) =>
        text.Length <= length ? text : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
}
