using System.Collections.Immutable;
using StepTool.Client.Connections;
using StepTool.Core.Evaluation;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Reports;

/// <summary>All outcomes of a run, by stage and in the order of their ordinals, whatever order they came in.</summary>
internal static class StageOutcomes
{
    /// <summary>Reads them.</summary>
    public static async Task<ImmutableArray<RolloutOutcome>> ReadAsync(Connection connection, string run, CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<long, RolloutOutcome>();
        var from = 0L;
        while (true)
        {
            var page = await connection.Run(run).OutcomesAsync(from, cancellationToken);
            if (page.Outcomes.IsEmpty)
            {
                return [.. outcomes.Values.OrderBy(outcome => outcome.Ordinal)];
            }

            foreach (var outcome in page.Outcomes)
            {
                outcomes[outcome.Ordinal] = outcome; // one that was resumed comes once more: the last counts
            }

            from = page.Next;
        }
    }

    /// <summary>The outcomes of each stage; ordinals are counted through from the first stage to the last.</summary>
    public static ImmutableArray<ImmutableArray<RolloutOutcome>> ByStage(RunStatus status, ImmutableArray<RolloutOutcome> outcomes)
    {
        var stages = ImmutableArray.CreateBuilder<ImmutableArray<RolloutOutcome>>(status.Stages.Length);
        var first = 0L;
        foreach (var stage in status.Stages)
        {
            var (from, until) = (first, first + stage.Total);
            stages.Add([.. outcomes.Where(outcome => outcome.Ordinal >= from && outcome.Ordinal < until)]);
            first = until;
        }

        return stages.MoveToImmutable();
    }

    /// <summary>What evaluation counts, under a method's name and a seed.</summary>
    public static ImmutableArray<Outcome> Named(this ImmutableArray<RolloutOutcome> outcomes, string method, int seed) =>
        [.. outcomes.Select(outcome => outcome.Result with { Policy = method, Seed = seed })];
}
