using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>runs show</c>: one run, stage by stage.</summary>
internal sealed class RunsShowCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Id of the run" };
    private readonly ConnectionOptions _connection;

    public RunsShowCommand()
        : base("show", "Show a run, stage by stage", "steptool runs show train-built-in-1")
    {
        Arguments.Add(_id);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var id = parsed.GetValue(_id)!;
        var status = await connection.Run(id).StatusAsync(cancellationToken);
        if (status.Phase is RunPhase.Unknown)
        {
            throw Refusal.Usage($"There is no run '{id}'; see 'steptool runs list{_connection.Same(parsed)}'.");
        }

        if (terminal.WritesJson)
        {
            terminal.Write(status);
        }
        else
        {
            RunList.WriteStages(terminal, status);
            if (status.Phase is RunPhase.Running && connection.Silo is null)
            {
                terminal.Line($"No silo works on it now; it goes on with: steptool runs watch {id}{_connection.Same(parsed)}");
            }
            else if (status.Phase is RunPhase.Running)
            {
                foreach (var line in LoadLines.Of(await connection.Load.ReadAsync(cancellationToken)))
                {
                    terminal.Line(line);
                }
            }
        }

        return 0;
    }
}
