using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StepTool.Core.Storage;

namespace StepTool.Grains.State;

/// <summary>A value as a blob: its head, then JSON.</summary>
/// <param name="Head">The head.</param>
/// <param name="Form">The value's form.</param>
internal sealed record JsonBlob<T>(BlobHead Head, JsonTypeInfo<T> Form)
{
    /// <summary>The value's bytes; equal values have equal bytes.</summary>
    internal byte[] Encode(T value) => [.. Head.Bytes, .. JsonSerializer.SerializeToUtf8Bytes(value, Form)];

    /// <summary>Reads a value.</summary>
    /// <exception cref="StorageException">The bytes are not of this form, or a newer version wrote them.</exception>
    internal T Decode(ReadOnlyMemory<byte> bytes)
    {
        var content = Head.Skip(bytes);
        try
        {
            return JsonSerializer.Deserialize(content.Span, Form) ?? throw new JsonException("The text is null.");
        }
        catch (JsonException exception)
        {
            throw StorageException.OfDamage($"{Head.Name} ({bytes.Length} bytes) cannot be read: {exception.Message}", exception);
        }
    }
}
