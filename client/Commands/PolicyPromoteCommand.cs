using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;

namespace StepTool.Client.Commands;

/// <summary><c>policy promote</c>: makes a version the one that serves.</summary>
internal sealed class PolicyPromoteCommand : ConsoleCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly Option<int?> _version = Ranged.Optional("--version", "The version; without it the newest", 0, int.MaxValue);
    private readonly ConnectionOptions _connection;

    public PolicyPromoteCommand()
        : base("promote", "Make a version the one that serves", "steptool policy promote train-built-in-1", "steptool policy promote train-built-in-1 --version 40")
    {
        Arguments.Add(_name);
        Options.Add(_version);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var name = parsed.GetValue(_name)!;
        var head = await PolicyNames.HeadAsync(connection, name, cancellationToken);
        var version = parsed.GetValue(_version) ?? head.Latest.Version;
        if (version > head.Latest.Version)
        {
            throw Refusal.Usage($"--version is {version}; policy '{name}' has the versions 0 to {head.Latest.Version}. Choose one of them.");
        }

        var after = await connection.Policy(name).PromoteAsync(version, cancellationToken);
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
