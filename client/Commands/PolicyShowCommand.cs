using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>policy show</c>: a policy's versions and what each update measured; with <c>--out</c> its newest version as a folder.</summary>
internal sealed class PolicyShowCommand : ConsoleCommand
{
    private static readonly string[] Shown = ["passRate", "return", "klToStart", "entropy", "policyLoss", "valueLoss"];

    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly Option<string?> _out = new("--out") { Description = "Write the newest version into this folder", HelpName = "DIR" };
    private readonly ConnectionOptions _connection;

    public PolicyShowCommand()
        : base("show", "Show a policy's versions", "steptool policy show train-built-in-1", "steptool policy show train-built-in-1 --out my-policy")
    {
        Arguments.Add(_name);
        Options.Add(_out);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var name = parsed.GetValue(_name)!;
        var head = await PolicyNames.HeadAsync(connection, name, cancellationToken);
        if (parsed.GetValue(_out) is { } folder)
        {
            await PolicyFolder.ExportAsync(connection, name, folder, cancellationToken);
        }

        var versions = await connection.Policy(name).VersionsAsync(cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(versions);
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("version");
        foreach (var metric in Shown.Prepend("episodes"))
        {
            table.AddColumn(new TableColumn(metric).RightAligned());
        }

        foreach (var version in versions)
        {
            var mark = version.Version == head.Promoted.Version ? " promoted" : "";
            table.AddRow(Shown.Select(metric => version.Metrics.TryGetValue(metric, out var value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "")
                .Prepend(RunPicture.Count(version.Consumed.Count)).Prepend($"{version.Version}{mark}").Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        return 0;
    }
}
