using System.Buffers;

namespace StepTool.Silo.Storage;

/// <summary>Checks of blobs' names.</summary>
internal static class ContentHash
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a text is 64 lower-case hexadecimal digits.</summary>
    public static bool IsOne(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>Refuses what is no hash, so that no text from outside becomes a path.</summary>
    /// <exception cref="ArgumentException">The text is not 64 lower-case hexadecimal digits.</exception>
    public static void Check(string hash)
    {
        if (!IsOne(hash))
        {
            throw new ArgumentException($"'{hash}' is no content hash; it must be 64 lower-case hexadecimal digits.", nameof(hash));
        }
    }
}
