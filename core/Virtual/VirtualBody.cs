using System.Globalization;
using System.Text.Json;

namespace StepTool.Core.Virtual;

/// <summary>JSON as Python's <c>json.dumps</c> writes it without spaces and with every character that it may keep.</summary>
internal static class VirtualBody
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };

    /// <summary>An answer whose response is sent as JSON where it is a JSON object or array, else as text.</summary>
    public static string Of(string error, string response)
    {
        if (response is not (['{', ..] or ['[', ..]))
        {
            return Of(error, response, structured: false);
        }

        try
        {
            using var document = JsonDocument.Parse(response, Reading);
            return Of(error, Of(document.RootElement), structured: true);
        }
        catch (JsonException)
        {
            return Of(error, response, structured: false);
        }
    }

    /// <summary>An answer of an error and a response, which is JSON already where it is structured.</summary>
    public static string Of(string error, string response, bool structured) =>
        $$"""{"error":{{Text(error)}},"response":{{(structured ? response : Text(response))}}}""";

    /// <summary>A value.</summary>
    public static string Of(JsonElement value)
    {
        var output = new TextBuffer();
        Append(value, output);
        return output[..].ToString();
    }

    /// <summary>A text in its quotes.</summary>
    public static string Text(string text)
    {
        var output = new TextBuffer();
        Append(text, output);
        return output[..].ToString();
    }

    private static void Append(JsonElement value, TextBuffer output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendMembers(value, output);
                break;
            case JsonValueKind.Array:
                output.Append('[');
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    output.Append(first ? "" : ",");
                    first = false;
                    Append(item, output);
                }

                output.Append(']');
                break;
            case JsonValueKind.String:
                Append(Characters(value.GetRawText()), output);
                break;
            case JsonValueKind.Number:
                AppendNumber(value.GetRawText(), output);
                break;
            default:
                output.Append(value.GetRawText());
                break;
        }
    }

    // Of equal names the last value stands in the first one's place.
    private static void AppendMembers(JsonElement value, TextBuffer output)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[Name(member)] = member.Value;
        }

        output.Append('{');
        foreach (var (name, member) in members)
        {
            output.Append(output[^1..] is "{" ? "" : ",");
            Append(name, output);
            output.Append(':');
            Append(member, output);
        }

        output.Append('}');
    }

    private static void AppendNumber(string raw, TextBuffer output)
    {
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            PythonNumber.AppendInteger(raw, output);
        }
        else if (double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number))
        {
            PythonNumber.AppendFloat(number, output);
        }
        else
        {
            output.Append(raw);
        }
    }

    private static void Append(ReadOnlySpan<char> text, TextBuffer output)
    {
        output.Append('"');
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            var escape = "\"\\\b\f\n\r\t".IndexOf(character, StringComparison.Ordinal);
            if (escape >= 0)
            {
                output.Append('\\');
                output.Append("\"\\bfnrt"[escape]);
            }
            else if (at + 1 < text.Length && char.IsSurrogatePair(character, text[at + 1]))
            {
                output.Append(text.Slice(at++, 2));
            }
            else if (character < ' ' || char.IsSurrogate(character)) // half a pair has no other form that all can read
            {
                output.Append("\\u");
                _ = ((int)character).TryFormat(output.Room(4), out var written, "x4", CultureInfo.InvariantCulture);
                output.Length += written;
            }
            else
            {
                output.Append(character);
            }
        }

        output.Append('"');
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return Characters(member.ToString());
        }
    }

    private static string Characters(string json)
    {
        var output = new TextBuffer();
        _ = new PythonJson(json, output).Text();
        return output[..].ToString();
    }
}
