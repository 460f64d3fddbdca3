using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Queue;
using StepTool.Client.Runs;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>queue status</c>: what waits, runs and has ended.</summary>
internal sealed class QueueStatusCommand : ConsoleCommand
{
    private readonly ConnectionOptions _connection;

    public QueueStatusCommand()
        : base("status", "Show what waits, runs and has ended", "steptool queue status --silo http://127.0.0.1:5080") => _connection = new ConnectionOptions(this);

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var runs = await QueueWatch.RunsAsync(connection, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(runs);
        }
        else if (runs.Count == 0)
        {
            terminal.Line($"Nothing has been queued. Add tasks with: steptool queue add FILE{_connection.Same(parsed)}");
        }
        else
        {
            terminal.Out.Write(QueueWatch.Table(runs));
            var load = connection.Silo is not null ? LoadLines.Of(await connection.Load.ReadAsync(cancellationToken))
                : runs.Any(Waits) ? [$"No silo works here now; what waits goes on with: steptool queue watch{_connection.Same(parsed)}"]
                : [];
            foreach (var line in RunPicture.Obstacles(runs).Concat(load))
            {
                terminal.Line(line);
            }
        }

        return 0;
    }

    // A queue that nobody has worked on yet has no stage.
    private static bool Waits(RunStatus run) => run.Phase is RunPhase.Running && (run.Stages.IsEmpty || run.Stages.Any(stage => stage.Done < stage.Total));
}
