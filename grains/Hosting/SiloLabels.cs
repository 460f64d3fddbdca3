using System.Collections.Immutable;

namespace StepTool.Grains.Hosting;

/// <summary>What this silo is, by key; grains are placed by it.</summary>
/// <param name="Values">The labels.</param>
public sealed record SiloLabels(ImmutableSortedDictionary<string, string> Values)
{
    /// <summary>Key of the label of silos with a GPU, whose value is <see cref="Yes"/>.</summary>
    public const string Gpu = "gpu";

    /// <summary>Value of a label that holds.</summary>
    public const string Yes = "true";

    /// <summary>No labels.</summary>
    public static SiloLabels None { get; } = new(ImmutableSortedDictionary<string, string>.Empty);
}
