using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Small readings of JSON that every file of the layout needs.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A file's bytes without its byte order mark.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(byte[] content) =>
        content is [0xEF, 0xBB, 0xBF, ..] ? content.AsMemory(3) : content;

    /// <summary>Where a file stopped being JSON.</summary>
    public static string Where(JsonException exception) => exception.LineNumber is null ? "" : $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";

    /// <summary>Why it did, without the position.</summary>
    public static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:")[0];

    /// <summary>A member's text: a string as it is, null and a missing one as empty, anything else as compact JSON.</summary>
    public static string Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Of(value) : "";

    /// <summary>The elements of a member that is an array; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    /// <summary>A value's text: a string as it is, null as empty, anything else as compact JSON.</summary>
    public static string Of(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return "";
            case JsonValueKind.String:
                return StringOf(value);
            default:
                var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
                using (var writer = new Utf8JsonWriter(buffer, Compact))
                {
                    value.WriteTo(writer);
                }

                return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }

    // Half a surrogate pair may be escaped, where a publisher or a recorder cut a text; it is kept in its escaped form.
    private static string StringOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText().Trim('"');
        }
    }
}
