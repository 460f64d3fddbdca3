using System.Collections.Immutable;

namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>One meaning and the words that say it.</summary>
internal sealed class Concept(ImmutableArray<string> forms)
{
    /// <summary>Surface forms; those early in the list are preferred on the training side, those late on the test side.</summary>
    public ImmutableArray<string> Forms { get; } = forms;

    /// <summary>Reads words separated by blanks; "_" stands for a blank within a form.</summary>
    public static Concept Parse(string text) =>
        new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace('_', ' '))]);
}

/// <summary>A kind of thing that has identifiers.</summary>
/// <param name="Concept">Its words.</param>
/// <param name="Prefix">First letters of its identifiers.</param>
internal sealed record Noun(Concept Concept, string Prefix);

/// <summary>A field of activity: an API category and its nouns.</summary>
internal sealed record Domain(string Name, ImmutableArray<Noun> Nouns);

/// <summary>Two meanings that exclude each other.</summary>
internal sealed record Opposites(Concept First, Concept Second)
{
    /// <summary>The meaning of a side, 0 or 1.</summary>
    public Concept this[int side] => side == 0 ? First : Second;
}

/// <summary>What a value measures: the last word of an attribute's name.</summary>
internal sealed record Measure(Concept Concept, ValueKind Kind);

/// <summary>Types of values.</summary>
internal enum ValueKind
{
    /// <summary>Money, with two decimals.</summary>
    Amount,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>A person's name.</summary>
    Person,
}
