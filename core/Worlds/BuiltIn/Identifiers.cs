using System.Globalization;
using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// Identifiers such as <c>ord-4821</c>. Which of them lead nowhere is a matter of a keyed hash: nothing in how an identifier looks tells.
/// </summary>
internal sealed class Identifiers(ulong worldSeed)
{
    private const int Lowest = 1000;
    private const int Count = 9000;
    private const int Classes = 16;
    private readonly ulong _key = StableHash.Combine(worldSeed, 0x1D);

    /// <summary>Whether a text has the form of an identifier: three letters, a hyphen, four digits.</summary>
    public static bool IsWellFormed(string text) => text is
        [>= 'a' and <= 'z', >= 'a' and <= 'z', >= 'a' and <= 'z', '-', >= '1' and <= '9', >= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9'];

    /// <summary>What becomes of calls that use the identifier.</summary>
    public Standing StandingOf(string id) => (StableHash.Of(id, _key) % Classes) switch
    {
        0 => Standing.Void,
        1 => Standing.Doomed,
        _ => Standing.Sound,
    };

    /// <summary>The identifier of a standing that a hash stands for; other hashes give other ones with near certainty.</summary>
    public string Make(string prefix, ulong hash, Standing standing)
    {
        while (true)
        {
            hash = StableHash.Combine(hash, 1);
            var id = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Lowest + (hash % Count)}");
            if (StandingOf(id) == standing)
            {
                return id;
            }
        }
    }
}

/// <summary>What becomes of calls that use an identifier.</summary>
internal enum Standing
{
    /// <summary>They are answered.</summary>
    Sound,

    /// <summary>Hops are answered with void identifiers; all else finds nothing.</summary>
    Doomed,

    /// <summary>They find nothing.</summary>
    Void,
}
