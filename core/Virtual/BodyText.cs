using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace StepTool.Core.Virtual;

/// <summary>A request's bytes as characters, in the encoding that Python's JSON decoder would take them for.</summary>
internal static class BodyText
{
    /// <summary>Appends the characters; false where the bytes are not of that encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, TextBuffer output)
    {
        var (other, mark) = Detect(body);
        body = body[mark..];
        if (other is null)
        {
            var status = Utf8.ToUtf16(body, output.Room(body.Length), out _, out var written, replaceInvalidSequences: false);
            output.Length += written;
            return status == OperationStatus.Done;
        }

        try
        {
            output.Length += other.GetChars(body, output.Room(other.GetMaxCharCount(body.Length)));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    // By the byte order mark, else by which bytes are NUL, since JSON begins with ASCII. Null is UTF-8.
    private static (Encoding? Other, int Mark) Detect(ReadOnlySpan<byte> body) => body switch
    {
        [0, 0, 0xFE, 0xFF, ..] => (Utf32(true), 4),
        [0xFF, 0xFE, 0, 0, ..] => (Utf32(false), 4),
        [0xFE, 0xFF, ..] => (Utf16(true), 2),
        [0xFF, 0xFE, ..] => (Utf16(false), 2),
        [0xEF, 0xBB, 0xBF, ..] => (null, 3),
        [0, 0, _, _, ..] => (Utf32(true), 0),
        [0, _, _, _, ..] or [0, _] => (Utf16(true), 0),
        [_, 0, 0, 0, ..] => (Utf32(false), 0),
        [_, 0, _, _, ..] or [_, 0] => (Utf16(false), 0),
        _ => (null, 0),
    };

    private static UnicodeEncoding Utf16(bool bigEndian) => new(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    private static UTF32Encoding Utf32(bool bigEndian) => new(bigEndian, byteOrderMark: false, throwOnInvalidCharacters: true);
}
