using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StepTool.Embedded.Gateway;

/// <summary>Writes arguments and results as JSON, by the types that the grain interface states.</summary>
internal sealed class ArgumentWriter(Utf8JsonWriter json, JsonSerializerOptions options)
{
    internal void WriteNull() => json.WriteNullValue();

    public void Write<T>(T value) => JsonSerializer.Serialize(json, value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
}
