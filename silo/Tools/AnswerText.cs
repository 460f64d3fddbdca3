using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace StepTool.Silo.Tools;

/// <summary>Makes what a tool answered fit to be shown, stored and read again: it is data, whatever it holds.</summary>
internal static class AnswerText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// The text without control characters but tab and line breaks, and without halves of surrogate pairs: each becomes U+FFFD. In JSON the same goes for what
    /// is written as <c>\u....</c>, so that JSON stays JSON and its strings can be read.
    /// </summary>
    public static string Clean(string text)
    {
        var characters = new StringBuilder(text.Length);
        var isJson = IsJson(text);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (isJson && character == '\\')
            {
                index = Escape(text, index, characters);
            }
            else if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                characters.Append(character).Append(text[++index]);
            }
            else
            {
                characters.Append(IsBad(character) ? Replacement : character);
            }
        }

        return characters.ToString();
    }

    /// <summary>Whether a text is one JSON value.</summary>
    public static bool IsJson(string text)
    {
        var start = text.AsSpan().TrimStart(" \t\r\n");
        if (start.IsEmpty || !(char.IsAsciiDigit(start[0]) || "{[\"-tfn".Contains(start[0], StringComparison.Ordinal)))
        {
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Stands for content that is no text.</summary>
    /// <param name="mediaType">Its media type, as the tool says it.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="isAtLeast">Whether it may be longer.</param>
    public static string Binary(string mediaType, long bytes, bool isAtLeast = false) =>
        string.Create(CultureInfo.InvariantCulture, $"[binary content of type {(mediaType.Length > 0 ? mediaType : "unknown")}, {(isAtLeast ? "more than " : "")}{bytes:N0} bytes, not shown]");

    /// <summary>The text's first characters that take no more bytes than given in UTF-8; the same instance where all do.</summary>
    public static string Within(string text, int bytes)
    {
        if (text.Length * 3L <= bytes)
        {
            return text;
        }

        _ = Utf8.FromUtf16(text, new byte[bytes], out var read, out _);
        return read == text.Length ? text : text[..read];
    }

    /// <summary>What follows a text whose end is missing.</summary>
    public static string CutMark(int bytes) => string.Create(CultureInfo.InvariantCulture, $"\n[cut: the end is missing; at most {bytes:N0} bytes are read]");

    // Copies one escape of valid JSON and returns the index of its last character.
    private static int Escape(string text, int index, StringBuilder into)
    {
        if (text[index + 1] != 'u')
        {
            into.Append(text, index, 2);
            return index + 1;
        }

        var code = Code(text, index);
        if (char.IsHighSurrogate(code) && index + 11 < text.Length && text[index + 6] == '\\' && text[index + 7] == 'u' && char.IsLowSurrogate(Code(text, index + 6)))
        {
            into.Append(text, index, 12);
            return index + 11;
        }

        _ = IsBad(code) ? into.Append("\\ufffd") : into.Append(text, index, 6);
        return index + 5;
    }

    private static char Code(string text, int index) => (char)ushort.Parse(text.AsSpan(index + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static bool IsBad(char character) => char.IsSurrogate(character) || (char.IsControl(character) && character is not ('\t' or '\n' or '\r'));
}
