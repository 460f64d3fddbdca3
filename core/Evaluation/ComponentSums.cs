namespace StepTool.Core.Evaluation;

/// <summary>A metric's outcomes summed by seed and task component: all that a bootstrap draw needs.</summary>
public sealed class ComponentSums
{
    private ComponentSums(int seeds, int components) =>
        (Seeds, Components, Values, Weights) = (seeds, components, new double[seeds * components], new double[seeds * components]);

    /// <summary>Seeds; 1 where the policy has no seed, so that the same outcomes stand beside every seed of another.</summary>
    public int Seeds { get; }

    /// <summary>Task components.</summary>
    public int Components { get; }

    /// <summary>The mean over all data; NaN where no outcome counts.</summary>
    public double Estimate => Values.Sum() / Weights.Sum();

    /// <summary>Sums of values [seed, component].</summary>
    internal double[] Values { get; }

    /// <summary>Numbers of outcomes that count [seed, component].</summary>
    internal double[] Weights { get; }

    /// <summary>Sums a metric over outcomes.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="outcomes">Outcomes of one method.</param>
    /// <param name="components">All components, in the order of the draws.</param>
    /// <param name="seeds">All seeds, in the order of the draws; outcomes of a single seed are taken as seedless.</param>
    /// <exception cref="ArgumentException">An outcome's component or seed is unknown, or a method with several seeds lacks one.</exception>
    public static ComponentSums Of(Metric metric, IReadOnlyCollection<Outcome> outcomes, IReadOnlyList<string> components, IReadOnlyList<int> seeds)
    {
        var own = outcomes.Select(outcome => outcome.Seed).Distinct().Order().ToList();
        if (own.Count > 1 && !own.SequenceEqual(seeds))
        {
            throw new ArgumentException(
                $"{outcomes.First().Policy} was evaluated with seeds {string.Join(", ", own)} and others with {string.Join(", ", seeds)}; give all methods the same seeds, or one.",
                nameof(outcomes));
        }

        var columns = components.Select((component, column) => (component, column)).ToDictionary(pair => pair.component, pair => pair.column);
        var sums = new ComponentSums(Math.Max(1, own.Count), components.Count);
        foreach (var outcome in outcomes.Where(metric.Counts))
        {
            if (!columns.TryGetValue(outcome.Labels.Component, out var column))
            {
                throw new ArgumentException($"Task {outcome.Task} is of component {outcome.Labels.Component}, which is not among those drawn.", nameof(outcomes));
            }

            var cell = (own.IndexOf(outcome.Seed) * components.Count) + column;
            sums.Values[cell] += metric.Value(outcome);
            sums.Weights[cell]++;
        }

        return sums;
    }
}
