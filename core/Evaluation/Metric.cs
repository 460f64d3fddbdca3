using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;

namespace StepTool.Core.Evaluation;

/// <summary>A quantity of evaluation: the mean of a value over the outcomes that count for it.</summary>
/// <param name="Name">Name as in report.json.</param>
/// <param name="Value">The value of one outcome.</param>
/// <param name="Counts">Whether the outcome counts; those that do not are left out of the mean.</param>
public sealed record Metric(string Name, Func<Outcome, double> Value, Func<Outcome, bool> Counts)
{
    /// <summary>Solved 1, Unsure 0.5, Unsolved 0.</summary>
    public static Metric PassRate { get; } = new("passRate", outcome => Score(outcome.Verdict), Always);

    /// <summary>Share of episodes solved with every needed answer recorded for exactly the arguments given.</summary>
    public static Metric StrictPass { get; } = new("strictPass", outcome => outcome.StrictPass ? 1 : 0, Always);

    /// <summary>Share of a task's relevant APIs that were called successfully; tasks with none known are left out.</summary>
    public static Metric Recall { get; } = new("recall", outcome => (double)outcome.RelevantCalled / outcome.Relevant, outcome => outcome.Relevant > 0);

    /// <summary>Share of the called APIs that are relevant and were called successfully; episodes without a call are left out.</summary>
    public static Metric Precision { get; } = new(
        "precision", outcome => (double)outcome.RelevantCalled / outcome.Called, outcome => outcome.Relevant > 0 && outcome.Called > 0);

    /// <summary>Pass x min(1, relevant / calls): a pass reached by calling more than is needed counts less.</summary>
    public static Metric EfficientPass { get; } = new("efficientPass", Efficient, Always);

    /// <summary>Share of episodes that ended by Finish with an answer, not by giving up or by their budget.</summary>
    public static Metric FinishRate { get; } = new("finishRate", outcome => outcome.Ending == EpisodeStatus.Finished ? 1 : 0, Always);

    /// <summary>Pass rate of the episodes that ended by Finish.</summary>
    public static Metric PassGivenFinish { get; } = new(
        "passGivenFinish", outcome => Score(outcome.Verdict), outcome => outcome.Ending == EpisodeStatus.Finished);

    /// <summary>Calls of an episode.</summary>
    public static Metric CallsPerEpisode { get; } = new("callsPerEpisode", outcome => outcome.Calls, Always);

    /// <summary>Undiscounted sum of an episode's step rewards.</summary>
    public static Metric Return { get; } = new("return", outcome => outcome.Return, Always);

    /// <summary>Pass rates had episodes been allowed 1 to <see cref="Outcome.MaxCalls"/> calls.</summary>
    public static ImmutableArray<Metric> PassAtCalls { get; } =
    [
        .. Enumerable.Range(0, Outcome.MaxCalls).Select(index => new Metric(
            $"passAtCalls[{index}]", outcome => Score(outcome.PassAtCalls[index]), outcome => outcome.PassAtCalls.Length > index)),
    ];

    /// <summary>The mean over the outcomes that count; null where none does.</summary>
    public double? Mean(IEnumerable<Outcome> outcomes)
    {
        var (sum, count) = (0.0, 0);
        foreach (var outcome in outcomes.Where(Counts))
        {
            sum += Value(outcome);
            count++;
        }

        return count == 0 ? null : sum / count;
    }

    private static bool Always(Outcome outcome) => true;

    // Without a known relevant set nothing says that a call was one too many.
    private static double Efficient(Outcome outcome) =>
        Score(outcome.Verdict) * (outcome.Relevant == 0 || outcome.Calls == 0 ? 1 : Math.Min(1, (double)outcome.Relevant / outcome.Calls));

    private static double Score(Verdict verdict) => verdict switch
    {
        Verdict.Solved => 1,
        Verdict.Unsure => 0.5,
        _ => 0,
    };
}
