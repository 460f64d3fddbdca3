using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>An API's place in its suite.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Link">Link of the noun it takes.</param>
/// <param name="Side">Which of the two near-twins it is, 0 or 1.</param>
/// <param name="Target">Link of the noun or attributes it returns.</param>
/// <param name="Group">Group of attributes, 0 or 1; 0 where it returns none.</param>
/// <param name="IsMirror">Whether it is the equivalent of the same slot without this mark, at another tool.</param>
internal readonly record struct Slot(SlotKind Kind, int Link, int Side, int Target, int Group = 0, bool IsMirror = false)
{
    /// <summary>The near-twin: the same but for the variant.</summary>
    public Slot Twin => this with { Side = 1 - Side };

    /// <summary>The equivalent at another tool.</summary>
    public Slot Mirror => this with { IsMirror = true };

    public static Slot Hop(int link, int side) => new(SlotKind.Hop, link, side, link + 1);

    public static Slot Attributes(int link, int group, int side) => new(SlotKind.Attributes, link, side, link, group);

    public static Slot DeadEnd(int link, int target, int side) => new(SlotKind.DeadEnd, link, side, target);

    public static Slot Digest(int link, int target, int group, int side) => new(SlotKind.Digest, link, side, target, group);

    /// <summary>Seed of all that is random about the slot; a mirror's data are those of its original.</summary>
    public ulong Seed(ulong suiteSeed, bool ofData)
    {
        var place = ((ulong)Kind << 32) | ((ulong)Link << 24) | ((ulong)Side << 16) | ((ulong)Target << 8) | ((ulong)Group << 4);
        return StableHash.Combine(suiteSeed, place | (ofData ? 1ul : IsMirror ? 2ul : 0));
    }
}

/// <summary>Kinds of generated APIs.</summary>
internal enum SlotKind
{
    /// <summary>From a thing to the things it leads to: a link of the chain.</summary>
    Hop,

    /// <summary>From a thing to three of its attributes: the end of a chain.</summary>
    Attributes,

    /// <summary>Looks like a hop; what it leads to holds nothing.</summary>
    DeadEnd,

    /// <summary>An overview whose text overlaps the answer and is not needed: bait.</summary>
    Digest,
}
