using System.Globalization;
using System.Text;

namespace StepTool.Core.Tools;

/// <summary>Reads one quoted Python string.</summary>
internal static class PythonString
{
    /// <summary>Appends the string's characters and moves past its closing quote.</summary>
    public static void Append(string text, ref int at, StringBuilder into)
    {
        var start = at;
        var quote = text[at++];
        while (at < text.Length && text[at] != quote)
        {
            var character = text[at++];
            if (character == '\\')
            {
                Escape(text, ref at, into);
            }
            else
            {
                into.Append(character);
            }
        }

        if (at >= text.Length)
        {
            throw new ArgumentsException(start, "the string that begins here has no closing quote");
        }

        at++;
    }

    private static void Escape(string text, ref int at, StringBuilder into)
    {
        var escape = at < text.Length ? text[at++] : throw new ArgumentsException(at, "expected an escape, found the end");
        switch (escape)
        {
            case 'x':
                Code(text, ref at, 2, into);
                break;
            case 'u':
                Code(text, ref at, 4, into);
                break;
            case 'U':
                Code(text, ref at, 8, into);
                break;
            case '\n': // a continued line
                break;
            default:
                var known = "ntrbfva0\\'\"/".IndexOf(escape, StringComparison.Ordinal);
                _ = known >= 0 ? into.Append("\n\t\r\b\f\v\a\0\\'\"/"[known]) : into.Append('\\').Append(escape); // Python leaves what it does not know
                break;
        }
    }

    private static void Code(string text, ref int at, int digits, StringBuilder into)
    {
        if (at + digits > text.Length
            || !uint.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10FFFF)
        {
            throw new ArgumentsException(at, $"expected the {digits} hexadecimal digits of a character");
        }

        at += digits;
        _ = code <= 0xFFFF ? into.Append((char)code) : into.Append(char.ConvertFromUtf32((int)code));
    }
}
