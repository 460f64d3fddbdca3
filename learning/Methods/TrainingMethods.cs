using System.Collections.Immutable;

namespace StepTool.Learning.Methods;

/// <summary>The methods by name.</summary>
public static class TrainingMethods
{
    /// <summary>Their names, in the order of reports.</summary>
    public static ImmutableArray<string> All { get; } = ["sft", "rft", "ppo", "eto", "archer", "steptool"];

    /// <summary>What is trained like a method and stands outside the comparison.</summary>
    public static ImmutableArray<string> References { get; } = ["relevance"];

    /// <summary>The method of a name in <see cref="All"/> or <see cref="References"/>.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static IMethod Create(string name) => name switch
    {
        "sft" => new SftMethod(),
        "rft" => new RftMethod(),
        "ppo" => new PpoMethod(),
        "eto" => new EtoMethod(),
        "archer" => new ArcherMethod(),
        "steptool" => new StepToolMethod(),
        "relevance" => new RelevanceMethod(),
        _ => throw new ArgumentException($"Method '{name}' is not known. Choose one of {string.Join(", ", All)}.", nameof(name)),
    };
}
