using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Runs;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;

namespace StepTool.Client.Commands;

/// <summary><c>policy gate</c>: measures a version beside the promoted one and promotes it unless it is worse; training goes on meanwhile.</summary>
internal sealed class PolicyGateCommand : ConsoleCommand
{
    private readonly VersionOptions _version;
    private readonly Option<int> _tasks = Ranged.Option("--tasks", "Dev tasks measured, the same for both; 0 for all", 0, 1_000_000, 0);
    private readonly ConnectionOptions _connection;

    public PolicyGateCommand()
        : base(
            "gate",
            "Measure a version beside the promoted one on dev tasks, and promote it unless it is worse beyond the interval",
            "steptool policy gate train-built-in-1",
            "steptool policy gate train-built-in-1 --version 40 --tasks 200 --silo http://127.0.0.1:5080")
    {
        _version = new VersionOptions(this);
        Options.Add(_tasks);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var (name, head, version) = await _version.FindAsync(parsed, connection, cancellationToken);
        if (version == head.Promoted.Version)
        {
            throw Refusal.Usage($"Version {version} of policy '{name}' is promoted already; a gate compares another with it. Give one with --version.");
        }

        var world = (await connection.Index.RunsAsync(cancellationToken)).LastOrDefault(entry => entry.Policies.Contains(name))?.World
            ?? throw Refusal.Usage($"No run has trained policy '{name}', so nothing says in which world to measure it. Use 'steptool evaluate --policy {name}'.");
        var candidate = new EvaluateStage { Name = "candidate", Policy = new PolicyReference(name, PolicyPin.Version, version), Split = Split.Dev, MaxTasks = parsed.GetValue(_tasks), IsGate = true };
        RunPlan PlanOf(string id) => new()
        {
            Run = id,
            World = world,
            Stages = [candidate with { Name = "promoted", Policy = new PolicyReference(name, PolicyPin.Promoted), IsGate = false }, candidate],
            Command = CommandText.Of(parsed.Tokens.Select(token => token.Value)),
        };
        var run = (await RunStarter.StartAsync(connection, null, $"gate-{name}", PlanOf, cancellationToken)).Plan.Run;
        if (await new RunFollower(connection, terminal, _connection.Same(parsed)).FollowAsync(run, [], cancellationToken) is null)
        {
            return 1;
        }

        var result = (await connection.Policy(name).HistoryAsync(cancellationToken)).Gates.Last(gate => gate.Run == run);
        if (terminal.WritesJson)
        {
            terminal.Write(result);
        }
        else
        {
            terminal.Line($"{name}: {GateLine.Of(result)}.");
        }

        return result.Passes ? 0 : 1;
    }
}
