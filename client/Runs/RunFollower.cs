using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>Shows a run until it ends, and says how to find it again where its user leaves before.</summary>
internal sealed class RunFollower(Connection connection, Terminal terminal, string sameConnection)
{
    /// <summary>Names of floors.</summary>
    public static ImmutableHashSet<string> FloorNames { get; } = [.. Floors.All];

    /// <summary>Follows a run to its end; null where the user left before.</summary>
    /// <exception cref="Refusal">The run failed or was cancelled.</exception>
    public async Task<RunStatus?> FollowAsync(string run, ImmutableArray<PlannedStage> stages, CancellationToken cancellationToken)
    {
        try
        {
            var display = new RunDisplay(terminal, TimeProvider.System, FloorNames.Union(Floors.References));
            var last = await display.ShowAsync(new RunWatch(connection, TimeProvider.System).FollowAsync(run, stages, cancellationToken), cancellationToken);
            return last.Status.Phase switch
            {
                RunPhase.Completed => last.Status,
                RunPhase.Failed => throw Refusal.Failed($"Run {run} failed: {last.Status.Failure}"),
                RunPhase.Cancelled => throw Refusal.Failed($"Run {run} was cancelled, so that it has no report. Its episodes are kept: see 'steptool episodes list {run}{sameConnection}'. Start another without --run, or under another id."),
                _ => throw Refusal.Usage($"There is no run '{run}'; see 'steptool runs list{sameConnection}'."),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Complain(connection.Silo is { } silo
                ? $"The run goes on at {silo}. Find it again with: steptool runs watch {run}{sameConnection}"
                : $"Stopping between two steps, at once with another Ctrl-C; nothing is lost. Go on with the same command, or with: steptool runs watch {run}{sameConnection}");
            return null;
        }
    }
}
