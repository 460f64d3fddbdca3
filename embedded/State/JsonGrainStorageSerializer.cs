using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using StepTool.Embedded.Gateway;

namespace StepTool.Embedded.State;

/// <summary>States as JSON in the wire form; used where no other serializer is registered.</summary>
internal sealed class JsonGrainStorageSerializer(EmbeddedWire wire) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) =>
        new(JsonSerializer.SerializeToUtf8Bytes(input, (JsonTypeInfo<T?>)wire.Options.GetTypeInfo(typeof(T))));

    public T? Deserialize<T>(BinaryData input) =>
        JsonSerializer.Deserialize(input.ToMemory().Span, (JsonTypeInfo<T?>)wire.Options.GetTypeInfo(typeof(T)));
}
