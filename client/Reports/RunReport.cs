using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Client.Worlds;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Reports;

/// <summary>Collects an ended run and makes its report.</summary>
internal static class RunReport
{
    /// <summary>Makes it.</summary>
    /// <exception cref="Refusal">The run has measured nothing on test.</exception>
    public static async Task<Report> BuildAsync(
        Connection connection, RunStatus status, WorldChoice world, ImmutableSortedDictionary<string, string> configuration, CancellationToken cancellationToken)
    {
        var policies = (await connection.Index.RunsAsync(cancellationToken)).FirstOrDefault(entry => entry.Run == status.Run)?.Policies ?? [];
        var record = new RunRecord
        {
            Status = status,
            Outcomes = await StageOutcomes.ReadAsync(connection, status.Run, cancellationToken),
            World = world,
            Floors = RunFollower.FloorNames,
            Versions = policies is [var policy, ..] ? await connection.Policy(policy).VersionsAsync(cancellationToken) : [],
            Seed = configuration.TryGetValue("seed", out var seed) && int.TryParse(seed, out var number) ? number : 1,
            TestRuns = await TestRunsAsync(connection, status, cancellationToken),
            Configuration = configuration,
            Timings = Timings(status),
        };
        try
        {
            return ReportAssembler.Build(record);
        }
        catch (ArgumentException exception)
        {
            throw Refusal.Failed($"Run {status.Run} gives no report: {exception.Message}", exception);
        }
    }

    /// <summary>Makes the report, writes it into a folder and shows it.</summary>
    public static async Task<int> PublishAsync(
        Connection connection, Terminal terminal, RunStatus status, WorldChoice world, ImmutableSortedDictionary<string, string> configuration, string folder,
        CancellationToken cancellationToken)
    {
        var report = await BuildAsync(connection, status, world, configuration, cancellationToken);
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
    private static ReportTimings Timings(RunStatus status)
    {
        var seconds = Math.Round(status.Stages.Sum(stage => stage.Seconds), 3);
        return new ReportTimings(
            TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(seconds),
            seconds,
            status.Stages.GroupBy(stage => stage.Kind).ToImmutableSortedDictionary(group => group.Key, group => Math.Round(group.Sum(stage => stage.Seconds), 3)));
    }

    // How many configurations had been tried on this world's test split when this one was first: running the same again chooses nothing.
    private static async Task<int> TestRunsAsync(Connection connection, RunStatus status, CancellationToken cancellationToken)
    {
        var commands = new HashSet<string>(StringComparer.Ordinal);
        foreach (RunEntry entry in await connection.Index.RunsAsync(cancellationToken))
        {
            if (entry.World == status.World)
            {
                var other = await connection.Run(entry.Run).StatusAsync(cancellationToken);
                if (other.Stages.Any(stage => stage.Kind == "evaluate"))
                {
                    commands.Add(other.Command);
                    if (other.Command == status.Command)
                    {
                        break;
                    }
                }
            }
        }

        return Math.Max(1, commands.Count);
    }
}
