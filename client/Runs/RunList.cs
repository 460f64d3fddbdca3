using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Runs;

/// <summary>Runs as a table.</summary>
internal static class RunList
{
    /// <summary>All runs, oldest first.</summary>
    public static async Task<List<RunStatus>> ReadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var runs = new List<RunStatus>();
        foreach (var entry in await connection.Index.RunsAsync(cancellationToken))
        {
            runs.Add(await StatusAsync(connection, entry, cancellationToken));
        }

        return runs;
    }

    /// <summary>How far a run is; of one whose record cannot be read, which must not hide the others, the reason under <see cref="RunPhase.Unknown"/>.</summary>
    public static async Task<RunStatus> StatusAsync(Connection connection, RunEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Run(entry.Run).StatusAsync(cancellationToken);
        }
        catch (Exception exception) when (IsOfOne(exception))
        {
            return new RunStatus(entry.Run, RunPhase.Unknown, 0, [], ReasonOf(exception), "", entry.World);
        }
    }

    /// <summary>Whether what failed concerns what was asked for and no other: neither its user nor the loss of all silos has ended it.</summary>
    internal static bool IsOfOne(Exception exception) => exception is not (OperationCanceledException or Refusal);

    /// <summary>Why it failed, in the words of whoever read a damaged record: an engine puts its own around them.</summary>
    internal static string ReasonOf(Exception exception) => StorageException.Damage(exception) ?? exception.Message;

    /// <summary>Writes the table.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<RunStatus> runs)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("run", "phase", "stage");
        table.AddColumn(new TableColumn("episodes").RightAligned());
        table.AddColumn(new TableColumn("pass").RightAligned());
        table.AddColumns("world", "command");
        foreach (var run in runs)
        {
            var current = run.Stages is [.., var newest] ? newest : null;
            table.AddRow(new[]
            {
                run.Run, Phase(run), current?.Name ?? "", RunPicture.Count(run.Stages.Sum(stage => stage.Done)),
                current is { Done: > 0 } ? RunPicture.Percent(current.Passed / current.Done) : "", Short(run.World), run.Command,
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        foreach (var obstacle in RunPicture.Obstacles(runs))
        {
            terminal.Line(obstacle);
        }
    }

    /// <summary>A run's stages as a table.</summary>
    public static void WriteStages(Terminal terminal, RunStatus run)
    {
        terminal.Line($"{run.Run}: {Phase(run)}, world {run.World}");
        terminal.Line(run.Command);
        if (run.Resuming > 0)
        {
            terminal.Line($"{RunPicture.Count(run.Resuming, "resumed episode")} at work again");
        }

        if (run.Failure.Length > 0)
        {
            terminal.Line(run.Failure);
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("stage", "kind");
        foreach (var name in new[] { "episodes", "pass", "mean return", "turns", "faults", "cancelled", "updates", "seconds" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var stage in run.Stages)
        {
            table.AddRow(new[]
            {
                stage.Name, stage.Kind, stage.Done == stage.Total ? RunPicture.Count(stage.Done) : $"{RunPicture.Count(stage.Done)} of {RunPicture.Count(stage.Total)}",
                stage.Done == 0 ? "" : RunPicture.Percent(stage.Passed / stage.Done),
                stage.Done == 0 ? "" : (stage.Return / stage.Done).ToString("0.000", CultureInfo.InvariantCulture),
                RunPicture.Count(stage.Turns), RunPicture.Count(stage.Faults), RunPicture.Count(stage.Cancelled), stage.Updates == 0 ? "" : RunPicture.Count(stage.Updates),
                stage.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
    }

    private static string Phase(RunStatus run) => run.Phase.ToString().ToLowerInvariant();

    // An archive's hash says nothing to a reader beyond its first digits.
    internal static string Short(string world) => world.Split(':') is [var name, var seed, var distractors, { Length: > 12 } hash] ? $"{name}:{seed}:{distractors}:{hash[..12]}" : world;
}
