using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StepTool.Embedded.Gateway;

/// <summary>Reads arguments and results in the order in which they were written.</summary>
internal sealed class ArgumentReader(IEnumerator<JsonElement> values, JsonSerializerOptions options)
{
    public T Read<T>() => values.MoveNext()
        ? values.Current.Deserialize((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!
        : throw new JsonException($"An argument of type {typeof(T)} is missing. Both sides must be built from the same contracts.");
}
