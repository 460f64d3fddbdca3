using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StepTool.Core.Chance;

/// <summary>Hashes that are the same in every process and on every machine; shuffles, ties, splits and seeds come from them.</summary>
public static class StableHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>64-bit hash of a text with a seed: FNV-1a over UTF-16 code units, then a 64-bit finaliser.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var hash = FnvOffset ^ Mix(seed);
        foreach (var character in text)
        {
            hash = (hash ^ character) * FnvPrime;
        }

        return Mix(hash);
    }

    /// <summary>Combines a hash with a number.</summary>
    public static ulong Combine(ulong hash, ulong value) => Mix(hash ^ Mix(value + 0x9E3779B97F4A7C15));

    /// <summary>SHA-256 of content as 64 lower-case hexadecimal digits.</summary>
    public static string Content(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>SHA-256 of a text's UTF-8 form as 64 lower-case hexadecimal digits.</summary>
    public static string Content(string text) => Content(Encoding.UTF8.GetBytes(text));

    /// <summary>First eight bytes of a SHA-256 given in hexadecimal.</summary>
    public static ulong Prefix(string contentHash) => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(contentHash.AsSpan(0, 16)));

    // splitmix64's finaliser: full avalanche, so that near seeds give unrelated streams.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
