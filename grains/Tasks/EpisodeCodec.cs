using System.IO.Compression;
using System.Text.Json;
using StepTool.Core.Episodes;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Grains.State;

namespace StepTool.Grains.Tasks;

/// <summary>Trajectories as blobs: one ended episode as JSON, deflated behind its head.</summary>
public static class EpisodeCodec
{
    private static readonly BlobHead Head = new("A trajectory", Version: 2);

    /// <summary>The episode's bytes; equal episodes have equal bytes.</summary>
    public static byte[] Encode(Episode episode)
    {
        using var buffer = new MemoryStream();
        buffer.Write(Head.Bytes);
        using (var deflate = new DeflateStream(buffer, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(deflate, episode, CoreJson.Default.Of<Episode>());
        }

        return buffer.ToArray();
    }

    /// <summary>Reads an episode.</summary>
    /// <exception cref="StorageException">The bytes are no trajectory, or a newer version wrote them.</exception>
    public static Episode Decode(ReadOnlyMemory<byte> bytes)
    {
        var content = Head.Skip(bytes);
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
            return JsonSerializer.Deserialize(deflate, CoreJson.Default.Of<Episode>()) ?? throw new JsonException("The text is null.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or FormatException)
        {
            throw StorageException.OfDamage($"A trajectory of {bytes.Length} bytes cannot be read: {exception.Message}", exception);
        }
    }
}
