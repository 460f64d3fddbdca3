using StepTool.Core.Chance;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Which way through its suite a task takes: drawn at random, before anything is called.</summary>
internal sealed class ChainPlan
{
    public ChainPlan(Suite suite, int depth, TaskKind kind, SeededRandom random)
    {
        (Suite, Depth, Kind) = (suite, depth, kind);
        Start = random.NextInt(Suite.Links - depth + 1);
        Slots = new Slot[depth];
        Sides = new int[depth];
        Group = random.NextInt(2);
        for (var step = 0; step < depth; step++)
        {
            var variant = random.NextInt(2);
            Slots[step] = step < depth - 1 ? Slot.Hop(Start + step, variant) : Slot.Attributes(End, Group, variant);
            Sides[step] = random.NextInt(2);
        }

        Attribute = suite.Attributes(End, Group)[random.NextInt(suite.Attributes(End, Group).Length)];
        FaultyStep = random.NextInt(depth);
        NameSide = random.NextInt(2);
        DeadEnd = depth == 1 ? null : Slot.DeadEnd(Start, Math.Min(End, Start + 1 + random.NextInt(2)), random.NextInt(2));
        Digest = kind == TaskKind.Bait ? Slot.Digest(Start, End, Group, random.NextInt(2)) : null;
    }

    public Suite Suite { get; }

    public int Depth { get; }

    public TaskKind Kind { get; }

    /// <summary>Link of the noun that the query knows.</summary>
    public int Start { get; }

    /// <summary>Link of the noun whose attribute is asked for.</summary>
    public int End => Start + Depth - 1;

    /// <summary>Slots of the calls, in order.</summary>
    public Slot[] Slots { get; }

    /// <summary>Which of the two references each hop goes on with; the last one is unused.</summary>
    public int[] Sides { get; }

    /// <summary>Group of the attribute.</summary>
    public int Group { get; }

    /// <summary>What is asked for.</summary>
    public Attribute Attribute { get; }

    /// <summary>The step that fails in tasks with a fault.</summary>
    public int FaultyStep { get; }

    /// <summary>Which of the two things under a registered name is meant.</summary>
    public int NameSide { get; }

    /// <summary>The dead end beside a chain of two calls or more: it passes over a link where the chain is long enough.</summary>
    public Slot? DeadEnd { get; }

    /// <summary>The overview of a bait.</summary>
    public Slot? Digest { get; }

    /// <summary>The concept that tells which reference of a hop is meant.</summary>
    public Concept Selector(int step) => Suite.Selectors[Start + step][Sides[step]];
}
