using System.Collections.Immutable;
using StepTool.Core.Episodes;

namespace StepTool.Core.Evaluation;

/// <summary>Decides whether a policy's version may serve in place of the one that does, by what both did on the same tasks.</summary>
public static class PromotionGate
{
    private static readonly ImmutableArray<int> OneSeed = [0];

    /// <summary>
    /// Passes unless the candidate is worse beyond the interval: the 95 % interval of the paired difference of pass rates, bootstrapped over task components, lies below 0.
    /// A task on which either was ended by a fault or by its user counts for neither; where none is left nothing passes.
    /// </summary>
    /// <param name="candidate">Outcomes of the version that asks, one a task.</param>
    /// <param name="serving">Outcomes of the version that serves, one a task.</param>
    public static GateVerdict Decide(IEnumerable<Outcome> candidate, IEnumerable<Outcome> serving)
    {
        var (asks, serves) = (Counted(candidate), Counted(serving));
        var tasks = asks.Keys.Where(serves.ContainsKey).Order(StringComparer.Ordinal).ToList();
        if (tasks.Count == 0)
        {
            return new GateVerdict(false, 0, null);
        }

        var components = tasks.Select(task => asks[task].Labels.Component).Distinct().ToList();
        var (ours, theirs) = (Sums(asks, tasks, components), Sums(serves, tasks, components));
        var draws = new Bootstrap(components.Count, seeds: 1).Resample([ours, theirs]);
        double[] differences = [.. draws[0].Zip(draws[1], (one, other) => one - other)];
        var difference = Interval.Percentile(ours.Estimate - theirs.Estimate, differences)!;
        return new GateVerdict(difference.High >= 0, tasks.Count, difference);
    }

    private static Dictionary<string, Outcome> Counted(IEnumerable<Outcome> outcomes) => outcomes
        .Where(outcome => outcome.Ending is not (EpisodeStatus.Faulted or EpisodeStatus.Cancelled))
        .DistinctBy(outcome => outcome.Task).ToDictionary(outcome => outcome.Task, outcome => outcome with { Seed = OneSeed[0] }, StringComparer.Ordinal);

    private static ComponentSums Sums(Dictionary<string, Outcome> outcomes, List<string> tasks, List<string> components) =>
        ComponentSums.Of(Metric.PassRate, [.. tasks.Select(task => outcomes[task])], components, OneSeed);
}

/// <summary>What a gate found.</summary>
/// <param name="Passes">Whether the candidate may serve.</param>
/// <param name="Tasks">Tasks that count for both.</param>
/// <param name="Difference">Candidate's pass rate less that of the version that serves; null where no task counts.</param>
public sealed record GateVerdict(bool Passes, int Tasks, Interval? Difference);
