using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Reports;

/// <summary>Collects ended runs, one a seed, and makes their report.</summary>
internal static class RunReport
{
    /// <summary>Makes it.</summary>
    /// <param name="connection">Where the runs are.</param>
    /// <param name="runs">The runs by their seeds.</param>
    /// <param name="context">What else the report says.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="Refusal">The runs have measured nothing.</exception>
    public static async Task<Report> BuildAsync(
        Connection connection, IReadOnlyList<KeyValuePair<int, RunStatus>> runs, ReportContext context, CancellationToken cancellationToken)
    {
        var index = await connection.Index.RunsAsync(cancellationToken);
        var records = new List<RunRecord>();
        foreach (var (seed, status) in runs)
        {
            var versions = ImmutableDictionary.CreateBuilder<string, ImmutableArray<PolicyManifest>>();
            foreach (var policy in index.FirstOrDefault(entry => entry.Run == status.Run)?.Policies ?? [])
            {
                versions.Add(policy, await connection.Policy(policy).VersionsAsync(cancellationToken));
            }

            records.Add(new RunRecord
            {
                Status = status,
                Outcomes = await StageOutcomes.ReadAsync(connection, status.Run, cancellationToken),
                Versions = versions.ToImmutable(),
                Seed = seed,
            });
        }

        try
        {
            var (testRuns, unreadable) = context.Measured is Core.Worlds.Split.Test ? await TestRunsAsync(connection, index, runs[0].Value, cancellationToken) : (0, []);
            return ReportAssembler.Build(records, context with
            {
                TestRuns = testRuns,
                Timings = Timings([.. runs.Select(run => run.Value)]),
                Notes = [.. context.Notes, .. unreadable.Select(run => $"Run {run.Run} may have looked at the test tasks and is not counted, since it cannot be read: {run.Failure}")],
            });
        }
        catch (ArgumentException exception)
        {
            throw Refusal.Failed($"Run {runs[0].Value.Run} gives no report: {exception.Message}", exception);
        }
    }

    /// <summary>Makes the report, writes it into a folder and shows it.</summary>
    public static async Task<int> PublishAsync(
        Connection connection, Terminal terminal, IReadOnlyList<KeyValuePair<int, RunStatus>> runs, ReportContext context, string folder, CancellationToken cancellationToken)
    {
        var report = await BuildAsync(connection, runs, context, cancellationToken);
        await ReportFolder.WriteAsync(folder, report, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.WriteJson(report.ToJson());
            return 0;
        }

        ReportView.Write(terminal, report);
        terminal.Line($"Everything is in {folder}; open {Path.Combine(folder, "report.html")} for plots.");
        return 0;
    }

    // Phases are the stages by purpose; a report less its timings is the same for equal runs.
    private static ReportTimings Timings(ImmutableArray<RunStatus> runs)
    {
        var stages = runs.SelectMany(run => run.Stages).ToList();
        var seconds = Math.Round(runs.Max(run => run.Stages.Sum(stage => stage.Seconds)), 3);
        return new ReportTimings(
            TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(seconds),
            seconds,
            stages.GroupBy(stage => stage.Kind).ToImmutableSortedDictionary(group => group.Key, group => Math.Round(group.Sum(stage => stage.Seconds), 3)));
    }

    // How many configurations had been tried on this world's test split when this one was first: running the same again chooses nothing, nor does measuring on dev.
    private static async Task<(int Count, List<RunStatus> Unreadable)> TestRunsAsync(
        Connection connection, ImmutableArray<RunEntry> index, RunStatus status, CancellationToken cancellationToken)
    {
        var commands = new HashSet<string>(StringComparer.Ordinal);
        var unreadable = new List<RunStatus>();
        foreach (var entry in index.Where(entry => entry.World == status.World))
        {
            var other = await RunList.StatusAsync(connection, entry, cancellationToken);
            if (other is { Phase: RunPhase.Unknown, Failure.Length: > 0 })
            {
                unreadable.Add(other);
            }
            else if (other.Stages.Any(stage => stage.Kind == "evaluate") && !other.Command.Contains("--split dev", StringComparison.Ordinal))
            {
                commands.Add(other.Command);
                if (other.Command == status.Command)
                {
                    break;
                }
            }
        }

        return (Math.Max(1, commands.Count), unreadable);
    }
}
