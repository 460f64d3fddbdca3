using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>runs cancel</c>: ends a run; what it has done is kept.</summary>
internal sealed class RunsCancelCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Id of the run" };
    private readonly ConnectionOptions _connection;

    public RunsCancelCommand()
        : base("cancel", "End a run; its episodes and policy versions are kept", "steptool runs cancel train-built-in-1")
    {
        Arguments.Add(_id);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var id = parsed.GetValue(_id)!;
        var before = await connection.Run(id).StatusAsync(cancellationToken);
        if (before.Phase is RunPhase.Unknown)
        {
            throw Refusal.Usage($"There is no run '{id}'; see 'steptool runs list{_connection.Same(parsed)}'.");
        }

        var status = await connection.Run(id).CancelAsync(null, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(status);
        }
        else
        {
            terminal.Line(before.Phase is RunPhase.Running ? $"Run {id} is cancelled." : $"Run {id} had ended already: {before.Phase.ToString().ToLowerInvariant()}.");
        }

        return 0;
    }
}
