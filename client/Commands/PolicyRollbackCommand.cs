using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Commands;

/// <summary><c>policy rollback</c>: goes back to the version promoted before.</summary>
internal sealed class PolicyRollbackCommand : ConsoleCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly ConnectionOptions _connection;

    public PolicyRollbackCommand()
        : base("rollback", "Go back to the version promoted before", "steptool policy rollback train-built-in-1")
    {
        Arguments.Add(_name);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var name = parsed.GetValue(_name)!;
        var head = await PolicyNames.HeadAsync(connection, name, cancellationToken);
        PolicyHead after;
        try
        {
            after = await connection.Policy(name).RollBackAsync(head.Promoted.Version, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw Refusal.Usage(exception.Message);
        }

        if (terminal.WritesJson)
        {
            terminal.Write(new { policy = name, promoted = after.Promoted.Version, before = head.Promoted.Version });
        }
        else
        {
            terminal.Line($"{name} serves version {after.Promoted.Version} again; before it was {head.Promoted.Version}.");
        }

        return 0;
    }
}
