using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Results of one method, floor or reference.</summary>
public sealed record MethodResult
{
    /// <summary>Its name.</summary>
    public required string Method { get; init; }

    /// <summary>What it stands for in the comparison.</summary>
    public required MethodKind Kind { get; init; }

    /// <summary>Seeds it was run with; one for a policy without chance.</summary>
    public ImmutableArray<int> Seeds { get; init; } = [];

    /// <summary>See <see cref="Metric.PassRate"/>.</summary>
    public required Interval PassRate { get; init; }

    /// <summary>Pass rate with the excluded tasks counted as failures.</summary>
    public double PassRateOverAll { get; init; }

    /// <summary>Pass rate of one pass sampled at temperature 1; null where none was made.</summary>
    public Interval? SampledPassRate { get; init; }

    /// <summary>See <see cref="Metric.StrictPass"/>.</summary>
    public Interval? StrictPass { get; init; }

    /// <summary>See <see cref="Metric.Recall"/>.</summary>
    public Interval? Recall { get; init; }

    /// <summary>See <see cref="Metric.Precision"/>.</summary>
    public Interval? Precision { get; init; }

    /// <summary>See <see cref="Metric.EfficientPass"/>.</summary>
    public Interval? EfficientPass { get; init; }

    /// <summary>Pass rates at 1 to 5 calls.</summary>
    public ImmutableArray<double> PassAtCalls { get; init; } = [];

    /// <summary>See <see cref="Metric.FinishRate"/>.</summary>
    public Interval? FinishRate { get; init; }

    /// <summary>See <see cref="Metric.PassGivenFinish"/>; null where no episode finished.</summary>
    public Interval? PassGivenFinish { get; init; }

    /// <summary>See <see cref="Metric.CallsPerEpisode"/>.</summary>
    public Interval? CallsPerEpisode { get; init; }

    /// <summary>Mean return of the evaluated episodes.</summary>
    public double Return { get; init; }

    /// <summary>Environment turns spent on learning, exploration included, a seed.</summary>
    public long Turns { get; init; }

    /// <summary>Gradient rows used, a seed.</summary>
    public long Rows { get; init; }

    /// <summary>Updates made, a seed.</summary>
    public long Updates { get; init; }

    /// <summary>Demonstrations used, a seed.</summary>
    public long Demonstrations { get; init; }

    /// <summary>Labels of a judge or of relevance used in learning, a seed.</summary>
    public long Labels { get; init; }

    /// <summary>Evaluated episodes lost to faults after their retries; they count as Unsolved.</summary>
    public FaultCounts Excluded { get; init; } = FaultCounts.None;

    /// <summary>Episodes left out of training because of faults.</summary>
    public FaultCounts ExcludedFromTraining { get; init; } = FaultCounts.None;

    /// <summary>Results by length of the dependency chain.</summary>
    public ImmutableArray<Slice> ByDepth { get; init; } = [];

    /// <summary>Results by kind of task.</summary>
    public ImmutableArray<Slice> ByKind { get; init; } = [];

    /// <summary>Results by group of the benchmark.</summary>
    public ImmutableArray<Slice> ByGroup { get; init; } = [];

    /// <summary>Pass rate and return over environment turns; empty where nothing was learned.</summary>
    public ImmutableArray<CurvePoint> Curve { get; init; } = [];

    /// <summary>Wall-clock seconds of learning and evaluation; left out of comparisons.</summary>
    public double WallSeconds { get; init; }
}

/// <summary>What a row stands for in a comparison.</summary>
public enum MethodKind
{
    /// <summary>Learns from episodes.</summary>
    [JsonStringEnumMemberName("method")]
    Method,

    /// <summary>Needs no learning; a method that does not beat it has learned nothing of use.</summary>
    [JsonStringEnumMemberName("floor")]
    Floor,

    /// <summary>Stands outside the ranking: an upper reference, or the untrained start.</summary>
    [JsonStringEnumMemberName("reference")]
    Reference,
}

/// <summary>Results over the tasks that share a label.</summary>
/// <param name="Name">The label.</param>
/// <param name="Tasks">Tasks with it.</param>
/// <param name="PassRate">Pass rate.</param>
/// <param name="Recall">Mean recall over APIs; null where unknown.</param>
/// <param name="FinishRate">Finish rate.</param>
/// <param name="CallsPerEpisode">Mean calls.</param>
public sealed record Slice(string Name, int Tasks, Interval PassRate, double? Recall, double FinishRate, double CallsPerEpisode);

/// <summary>One point of a learning curve.</summary>
/// <param name="Turns">Environment turns spent so far.</param>
/// <param name="Split">Tasks it was measured on; <see cref="Split.Train"/> for the rollouts learned from.</param>
/// <param name="PassRate">Pass rate.</param>
/// <param name="Return">Mean return.</param>
public sealed record CurvePoint(long Turns, Split Split, Interval PassRate, double Return)
{
    /// <summary>Makes a point from outcomes, of one seed or several.</summary>
    /// <exception cref="ArgumentException">There are no outcomes.</exception>
    public static CurvePoint Of(long turns, Split split, IReadOnlyCollection<Outcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            throw new ArgumentException($"The curve's point at {turns} turns has no outcome; leave it out.", nameof(outcomes));
        }

        var estimates = new Estimates(outcomes);
        return new CurvePoint(turns, split, estimates.Interval(Metric.PassRate, outcomes)!, Math.Round(Metric.Return.Mean(outcomes)!.Value, 6));
    }
}
