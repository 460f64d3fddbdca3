using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StepTool.Core.Tools;

namespace StepTool.Core.Candidates;

/// <summary>Writes bindings as a canonical JSON object: names sorted, numbers as numbers.</summary>
internal static class ArgumentWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(ApiDocumentation documentation, ReadOnlySpan<ArgumentBinding> bindings)
    {
        if (bindings.IsEmpty)
        {
            return CanonicalArguments.Empty;
        }

        if (bindings is [var only] && documentation.Parameters[only.Parameter] is { Type: ParameterType.Text, Name: var name } && IsPlain(name) && IsPlain(only.Value))
        {
            return $"{{\"{name}\":\"{only.Value}\"}}"; // by far the most frequent, and canonical as it stands
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var binding in bindings)
            {
                var parameter = documentation.Parameters[binding.Parameter];
                writer.WritePropertyName(parameter.Name);
                WriteValue(writer, parameter.Type, binding.Value);
            }

            writer.WriteEndObject();
        }

        return CanonicalArguments.FromJson(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static void WriteValue(Utf8JsonWriter writer, ParameterType type, string value)
    {
        switch (type)
        {
            case ParameterType.Number when NumberForm.TryNormalise(value, out var number):
                writer.WriteRawValue(number); // as it was read: an id may have more digits than a double
                break;
            case ParameterType.Boolean when bool.TryParse(value, out var flag):
                writer.WriteBooleanValue(flag);
                break;
            case ParameterType.Object or ParameterType.Array when IsJson(value):
                writer.WriteRawValue(value);
                break;
            default:
                writer.WriteStringValue(value);
                break;
        }
    }

    private static bool IsJson(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
