using System.Buffers;

namespace StepTool.Silo.Storage;

/// <summary>Checks of blobs' names.</summary>
internal static class ContentHash
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Refuses what is no hash, so that no text from outside becomes a path.</summary>
    /// <exception cref="ArgumentException">The text is not 64 lower-case hexadecimal digits.</exception>
    public static void Check(string hash)
    {
        if (hash.Length != 64 || hash.AsSpan().ContainsAnyExcept(Digits))
        {
            throw new ArgumentException($"'{hash}' is no content hash; it must be 64 lower-case hexadecimal digits.", nameof(hash));
        }
    }
}
