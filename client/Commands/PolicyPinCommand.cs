using System.CommandLine;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;

namespace StepTool.Client.Commands;

/// <summary><c>policy pin</c>: keeps a version from being removed, or gives it free again.</summary>
internal sealed class PolicyPinCommand : ConsoleCommand
{
    private readonly VersionOptions _version;
    private readonly Option<bool> _free = new("--free") { Description = "End the pin" };
    private readonly ConnectionOptions _connection;

    public PolicyPinCommand()
        : base("pin", "Keep a version from being removed", "steptool policy pin train-built-in-1 --version 40", "steptool policy pin train-built-in-1 --version 40 --free")
    {
        _version = new VersionOptions(this);
        Options.Add(_free);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var (name, _, version) = await _version.FindAsync(parsed, connection, cancellationToken);
        var holder = string.Create(CultureInfo.InvariantCulture, $"@{version}"); // no run's id begins so
        if (parsed.GetValue(_free))
        {
            await connection.Policy(name).UnpinAsync(holder, cancellationToken);
        }
        else
        {
            await connection.Policy(name).PinAsync(holder, version, cancellationToken);
        }

        var pins = (await connection.Policy(name).HistoryAsync(cancellationToken)).Pins;
        if (terminal.WritesJson)
        {
            terminal.Write(new { policy = name, version, isPinned = pins.ContainsKey(holder) });
        }
        else
        {
            terminal.Line($"Version {version} of {name} is {(pins.ContainsKey(holder) ? "pinned: it stays whatever is removed" : "not pinned")}.");
        }

        return 0;
    }
}
