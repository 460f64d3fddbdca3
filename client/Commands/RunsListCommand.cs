using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>runs list</c>: all runs and how far they are.</summary>
internal sealed class RunsListCommand : ConsoleCommand
{
    private readonly ConnectionOptions _connection;

    public RunsListCommand()
        : base("list", "List runs", "steptool runs list", "steptool runs list --silo http://127.0.0.1:5080 --json") => _connection = new ConnectionOptions(this);

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var runs = await RunList.ReadAsync(connection, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(runs);
            return 0;
        }

        if (runs.Count == 0)
        {
            terminal.Line("There are no runs yet. Start one with: steptool train");
            return 0;
        }

        RunList.Write(terminal, runs);
        if (connection.Silo is null && runs.Any(run => run.Phase is RunPhase.Running))
        {
            terminal.Line($"No silo works here now; what is running goes on with: steptool runs watch ID{_connection.Same(parsed)}");
        }

        return 0;
    }
}
