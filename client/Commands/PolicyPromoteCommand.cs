using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;

namespace StepTool.Client.Commands;

/// <summary><c>policy promote</c>: makes a version the one that serves.</summary>
internal sealed class PolicyPromoteCommand : ConsoleCommand
{
    private readonly VersionOptions _version;
    private readonly ConnectionOptions _connection;

    public PolicyPromoteCommand()
        : base("promote", "Make a version the one that serves", "steptool policy promote train-built-in-1", "steptool policy promote train-built-in-1 --version 40")
    {
        _version = new VersionOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var (name, head, version) = await _version.FindAsync(parsed, connection, cancellationToken);
        var after = await connection.Policy(name).PromoteAsync(version, head.Promoted.Version, cancellationToken: cancellationToken);
        if (after.Promoted.Version != version)
        {
            throw Refusal.Failed($"Version {after.Promoted.Version} of policy '{name}' was promoted meanwhile, and stays. Look with 'steptool policy show {name}'; repeat the command if version {version} is to serve all the same.");
        }

        if (terminal.WritesJson)
        {
            terminal.Write(new { policy = name, promoted = after.Promoted.Version, before = head.Promoted.Version });
        }
        else
        {
            terminal.Line($"{name} serves version {after.Promoted.Version}; before it was {head.Promoted.Version}.");
        }

        return 0;
    }
}
