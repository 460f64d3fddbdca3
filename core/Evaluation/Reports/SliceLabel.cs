using System.Collections.Immutable;
using System.Globalization;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>A label by which results are split; outcomes without it belong to no part.</summary>
internal sealed record SliceLabel(Func<Outcome, string> Of)
{
    /// <summary>Length of the dependency chain, where known.</summary>
    public static SliceLabel Depth { get; } = new(outcome => outcome.Labels.Depth == 0 ? "" : outcome.Labels.Depth.ToString(CultureInfo.InvariantCulture));

    /// <summary>Kind of task, where there are kinds.</summary>
    public static SliceLabel Kind { get; } = new(outcome => outcome.Labels.Kind);

    /// <summary>Group of the benchmark.</summary>
    public static SliceLabel Group { get; } = new(outcome => outcome.Labels.Group);

    /// <summary>The parts in order of label, numbers by value.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<Outcome>>> Split(ImmutableArray<Outcome> outcomes) =>
    [
        .. outcomes.Where(outcome => Of(outcome).Length > 0).GroupBy(Of)
            .OrderBy(part => int.TryParse(part.Key, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue)
            .ThenBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => KeyValuePair.Create(part.Key, part.ToImmutableArray())),
    ];
}
