using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepTool.Core.Tools;

/// <summary>
/// Canonical form of a call's arguments: a JSON object without white space, keys sorted by code unit, numbers in one form (1.0 and 1e0 are 1), texts
/// trimmed and composed (Unicode form C); of equal keys the last counts. Types stay as given: see <see cref="CacheKey"/> for equality across quoting.
/// </summary>
public static class CanonicalArguments
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonDocumentOptions Reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The arguments of a call without any: <c>{}</c>.</summary>
    public static string Empty => "{}";

    /// <summary>Canonical form of a JSON object's text; empty text is <see cref="Empty"/>.</summary>
    /// <exception cref="ArgumentsException">The text is not one JSON object.</exception>
    public static string FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (string.IsNullOrWhiteSpace(json))
        {
            return Empty;
        }

        var valid = WellFormed.Of(json);
        try
        {
            using var document = JsonDocument.Parse(valid, Reading);
            return From(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new ArgumentsException(Position(valid, exception), Reason(exception));
        }
    }

    /// <summary>Canonical form of a JSON object's text; false with what is wrong when it is not one JSON object.</summary>
    public static bool TryFromJson(
        string json,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? canonical,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ArgumentsException? error)
    {
        try
        {
            (canonical, error) = (FromJson(json), null);
            return true;
        }
        catch (ArgumentsException exception)
        {
            (canonical, error) = (null, exception);
            return false;
        }
    }

    /// <summary>Canonical form of a Python dict literal, as <c>str(dict)</c> writes it.</summary>
    /// <exception cref="ArgumentsException">The text is not one dict literal.</exception>
    public static string FromPython(string literal) => FromJson(PythonLiteral.Read(literal)?.ToJsonString() ?? "null");

    /// <summary>Canonical form of a JSON object.</summary>
    /// <exception cref="ArgumentsException">The element is not an object.</exception>
    public static string From(JsonElement arguments) => arguments.ValueKind == JsonValueKind.Object
        ? Write(arguments, scalarsAsText: false)
        : throw new ArgumentsException(0, $"expected an object, found {arguments.ValueKind.ToString().ToLowerInvariant()}");

    /// <summary>
    /// What equal calls have in common: canonical arguments in which numbers, true and false are texts, so that 1, 1.0, "1" and "1.0" meet. For look-up and
    /// for telling repeats, never for sending.
    /// </summary>
    /// <param name="canonical">Canonical arguments, or any JSON object.</param>
    /// <exception cref="ArgumentsException">The text is not one JSON object.</exception>
    public static string CacheKey(string canonical)
    {
        if (canonical == Empty)
        {
            return Empty;
        }

        using var document = JsonDocument.Parse(FromJson(canonical));
        return Write(document.RootElement, scalarsAsText: true);
    }

    /// <summary>The top-level members of a JSON object, each value as <see cref="CacheKey"/> compares it: scalars as bare text, the rest as JSON.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Values(string json)
    {
        using var document = JsonDocument.Parse(FromJson(json));
        return [.. document.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, ValueKey(member.Value)))];
    }

    private static string ValueKey(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => ScalarKey(value.GetString()!),
        JsonValueKind.Object or JsonValueKind.Array => Write(value, scalarsAsText: true),
        _ => ScalarKey(value.GetRawText()),
    };

    private static string Write(JsonElement element, bool scalarsAsText)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            Write(element, scalarsAsText, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(JsonElement element, bool scalarsAsText, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, value) in Members(element))
                {
                    writer.WritePropertyName(name);
                    Write(value, scalarsAsText, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, scalarsAsText, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                var text = Text(element).Normalize().Trim();
                writer.WriteStringValue(scalarsAsText ? ScalarKey(text) : text);
                break;
            case JsonValueKind.Number when !scalarsAsText && NumberForm.TryNormalise(element.GetRawText(), out var number):
                writer.WriteRawValue(number, skipInputValidation: true);
                break;
            case JsonValueKind.Null:
                writer.WriteNullValue();
                break;
            default: // true, false, and numbers as text
                var raw = element.GetRawText();
                if (scalarsAsText)
                {
                    writer.WriteStringValue(ScalarKey(raw));
                }
                else
                {
                    writer.WriteRawValue(raw, skipInputValidation: true);
                }

                break;
        }
    }

    private static SortedDictionary<string, JsonElement> Members(JsonElement element)
    {
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            members[Name(property).Normalize().Trim()] = property.Value;
        }

        return members;
    }

    // A text that is a number takes the number's form unless that would lose leading zeros, which postal codes and the like mean.
    private static string ScalarKey(string text) => text switch
    {
        "True" or "TRUE" => "true",
        "False" or "FALSE" => "false",
        ['0', >= '0' and <= '9', ..] or ['+', ..] => text,
        [(>= '0' and <= '9') or '-' or '.', ..] when NumberForm.TryNormalise(text, out var number) => number,
        _ => text,
    };

    // JSON may escape half a surrogate pair, which GetString refuses.
    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return LoneEscapes(element.GetRawText());
        }
    }

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw new ArgumentsException(0, "a parameter's name holds half a surrogate pair");
        }
    }

    private static string LoneEscapes(string raw)
    {
        var (at, text) = (0, new StringBuilder(raw.Length));
        PythonString.Append(raw, ref at, text); // JSON's escapes are a part of Python's
        return WellFormed.Of(text.ToString());
    }

    private static int Position(string json, JsonException exception)
    {
        var line = 0;
        for (var skip = exception.LineNumber ?? 0; skip > 0 && json.IndexOf('\n', line) is >= 0 and var end; skip--)
        {
            line = end + 1;
        }

        // The reader counts bytes of UTF-8 within the line.
        var (bytes, at) = (exception.BytePositionInLine ?? 0, line);
        for (; bytes > 0 && at < json.Length; at++)
        {
            bytes -= json[at] < 0x80 ? 1 : json[at] < 0x800 ? 2 : char.IsSurrogate(json[at]) ? 2 : 3;
        }

        return at;
    }

    private static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:")[0].TrimEnd('.');
}
