using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>Starts a run, or goes on with the one that does the same and has not ended.</summary>
internal static class RunStarter
{
    /// <summary>Starts it.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="asked">The id that was asked for, or null.</param>
    /// <param name="preferred">The id otherwise; with a number behind it where that is taken.</param>
    /// <param name="planOf">The plan under an id.</param>
    /// <param name="cancellationToken">Stops waiting for the silo's answer.</param>
    /// <exception cref="Refusal">Another plan runs under the id that was asked for, or the plan is invalid.</exception>
    public static async Task<StartedRun> StartAsync(
        Connection connection, string? asked, string preferred, Func<string, RunPlan> planOf, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var id = asked ?? (number == 1 ? preferred : string.Create(CultureInfo.InvariantCulture, $"{preferred}-{number}"));
            var plan = planOf(id);
            var before = await connection.Run(id).StatusAsync(cancellationToken);
            if (before.Phase is RunPhase.Unknown || asked is not null || before.Phase is RunPhase.Running)
            {
                try
                {
                    await connection.Run(id).StartAsync(plan, cancellationToken);
                    return new StartedRun(plan, before.Phase);
                }
                catch (ArgumentException exception) when (before.Phase is RunPhase.Unknown || asked is not null)
                {
                    throw Refusal.Usage(exception.Message);
                }
                catch (ArgumentException)
                {
                    // another plan runs under this id: the next number
                }
            }
        }
    }
}

/// <summary>A run that is under way.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="Before">How far it was before the start; unknown for a new one.</param>
internal sealed record StartedRun(RunPlan Plan, RunPhase Before);
