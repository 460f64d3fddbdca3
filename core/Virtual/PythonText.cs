using System.Buffers;
using System.Globalization;
using System.Text;

namespace StepTool.Core.Virtual;

/// <summary>Texts as Python's <c>repr</c> quotes them.</summary>
internal static class PythonText
{
    // Printable ASCII but the single quote and the backslash: what stands between single quotes as it is.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(character => character is not ('\'' or '\\'))]);

    /// <summary>Closes the text that was appended after an opening single quote, and quotes it otherwise where Python would.</summary>
    /// <param name="start">Where the text begins, behind its quote.</param>
    /// <param name="output">Ends with the text.</param>
    public static void Close(int start, TextBuffer output)
    {
        var text = output[start..];
        if (text.IndexOfAnyExcept(Plain) < 0)
        {
            output.Append('\'');
            return;
        }

        var copy = ArrayPool<char>.Shared.Rent(text.Length);
        text.CopyTo(copy);
        output.Length = start - 1;
        AppendQuoted(copy.AsSpan(0, text.Length), output);
        ArrayPool<char>.Shared.Return(copy);
    }

    private static void AppendQuoted(ReadOnlySpan<char> text, TextBuffer output)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        output.Append(quote);
        while (!text.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done;
            if (!valid)
            {
                AppendCode('u', text[0], "x4", output); // half a surrogate pair
            }
            else if (rune.Value == quote || rune.Value == '\\')
            {
                output.Append('\\');
                output.Append((char)rune.Value);
            }
            else if ("\n\r\t".IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var known && rune.IsAscii)
            {
                output.Append('\\');
                output.Append("nrt"[known]);
            }
            else if (IsPrintable(rune))
            {
                output.Append(text[..length]);
            }
            else
            {
                AppendCode(rune.Value < 0x100 ? 'x' : rune.IsBmp ? 'u' : 'U', rune.Value, rune.Value < 0x100 ? "x2" : rune.IsBmp ? "x4" : "x8", output);
            }

            text = text[length..];
        }

        output.Append(quote);
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static void AppendCode(char kind, int code, string format, TextBuffer output)
    {
        output.Append('\\');
        output.Append(kind);
        _ = code.TryFormat(output.Room(8), out var written, format, CultureInfo.InvariantCulture);
        output.Length += written;
    }
}
