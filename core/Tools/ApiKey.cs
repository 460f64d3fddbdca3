using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepTool.Core.Tools;

/// <summary>Names one API within a world by standardised category, tool and API name; written <c>category/tool/api</c>.</summary>
/// <param name="Category">Standardised category.</param>
/// <param name="Tool">Standardised tool name.</param>
/// <param name="Api">Standardised API name.</param>
[JsonConverter(typeof(ApiKeyConverter))]
public readonly record struct ApiKey(string Category, string Tool, string Api) : IComparable<ApiKey>
{
    /// <summary>The name a model calls: <c>api_for_tool</c>, its last 64 characters.</summary>
    [JsonIgnore]
    public string FunctionName => StandardName.Function(Tool, Api);

    /// <summary>Standardises three published names into a key.</summary>
    public static ApiKey FromNames(string category, string tool, string api) =>
        new(StandardName.Of(category), StandardName.Of(tool), StandardName.Of(api));

    /// <summary>Reads <c>category/tool/api</c>.</summary>
    /// <exception cref="FormatException">The text has not three non-empty parts.</exception>
    public static ApiKey Parse(string text) =>
        TryParse(text, out var key)
            ? key
            : throw new FormatException($"API key '{text}' is not of the form category/tool/api, such as weather/open_forecast/daily.");

    /// <summary>Reads <c>category/tool/api</c>; false when the text is not of that form.</summary>
    public static bool TryParse(string? text, out ApiKey key)
    {
        var parts = text?.Split('/') ?? [];
        var valid = parts.Length == 3 && parts.All(part => part.Length > 0);
        key = valid ? new ApiKey(parts[0], parts[1], parts[2]) : default;
        return valid;
    }

    /// <inheritdoc/>
    public int CompareTo(ApiKey other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Category}/{Tool}/{Api}";
}

/// <summary>Writes an API key as text.</summary>
public sealed class ApiKeyConverter : JsonConverter<ApiKey>
{
    /// <inheritdoc/>
    public override ApiKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ApiKey.TryParse(reader.GetString(), out var key) ? key : throw new JsonException("An API key is written category/tool/api.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ApiKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
