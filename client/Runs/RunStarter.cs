using System.Collections.Immutable;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>Starts runs, or goes on with those that do the same and have not all ended.</summary>
internal static class RunStarter
{
    /// <summary>Starts one run.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="asked">The id that was asked for, or null.</param>
    /// <param name="preferred">The id otherwise; with a number behind it where that is taken.</param>
    /// <param name="planOf">The plan under an id.</param>
    /// <param name="cancellationToken">Stops waiting for the silo's answer.</param>
    /// <exception cref="Refusal">Another plan runs under the id that was asked for, or the plan is invalid.</exception>
    public static async Task<StartedRun> StartAsync(
        Connection connection, string? asked, string preferred, Func<string, RunPlan> planOf, CancellationToken cancellationToken) =>
        (await StartAsync(connection, asked, preferred, id => [planOf(id)], cancellationToken))[0];

    /// <summary>Starts runs that belong together, whose ids have their first part in common: all of them anew, or all as they were left.</summary>
    /// <inheritdoc cref="StartAsync(Connection, string?, string, Func{string, RunPlan}, CancellationToken)"/>
    public static async Task<ImmutableArray<StartedRun>> StartAsync(
        Connection connection, string? asked, string preferred, Func<string, ImmutableArray<RunPlan>> plansOf, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var plans = plansOf(asked ?? (number == 1 ? preferred : string.Create(CultureInfo.InvariantCulture, $"{preferred}-{number}")));
            var runs = new List<StartedRun>();
            foreach (var plan in plans)
            {
                runs.Add(new StartedRun(plan, (await connection.Run(plan.Run).StatusAsync(cancellationToken)).Phase));
            }

            var areNew = runs.All(run => run.Before is RunPhase.Unknown);
            if (asked is null && !areNew && !WereLeft(runs))
            {
                continue; // they have ended before: the next number
            }

            try
            {
                foreach (var run in runs.OrderBy(run => run.Before is RunPhase.Unknown)) // where another plan has one of the ids, none is begun
                {
                    await connection.WhenThereIsRoomAsync(() => connection.Run(run.Plan.Run).StartAsync(run.Plan, cancellationToken), cancellationToken);
                }

                return [.. runs];
            }
            catch (ArgumentException exception) when (areNew || asked is not null)
            {
                throw Refusal.Usage(exception.Message);
            }
            catch (ArgumentException)
            {
                // other plans run under these ids: the next number
            }
        }
    }

    private static bool WereLeft(List<StartedRun> runs) =>
        runs.Exists(run => run.Before is RunPhase.Running) && runs.TrueForAll(run => run.Before is RunPhase.Running or RunPhase.Completed or RunPhase.Unknown);
}

/// <summary>A run that is under way.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="Before">How far it was before the start; unknown for a new one.</param>
internal sealed record StartedRun(RunPlan Plan, RunPhase Before);
