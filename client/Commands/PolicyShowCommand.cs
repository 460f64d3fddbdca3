using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Commands;

/// <summary><c>policy show</c>: a policy's chain of versions, what each learnt from and measured, and what gates found; with <c>--out</c> its newest version as a folder.</summary>
internal sealed class PolicyShowCommand : ConsoleCommand
{
    private static readonly string[] Shown = ["passRate", "return", "klToStart", "entropy", "policyLoss", "valueLoss"];

    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly Option<string?> _out = new("--out") { Description = "Write the newest version into this folder", HelpName = "DIR" };
    private readonly ConnectionOptions _connection;

    public PolicyShowCommand()
        : base("show", "Show a policy's versions: parents, what they learnt from, metrics, gates", "steptool policy show train-built-in-1", "steptool policy show train-built-in-1 --out my-policy")
    {
        Arguments.Add(_name);
        Options.Add(_out);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var name = parsed.GetValue(_name)!;
        var head = await PolicyNames.HeadAsync(connection, name, cancellationToken);
        if (parsed.GetValue(_out) is { } folder)
        {
            await PolicyFolder.ExportAsync(connection, name, folder, cancellationToken);
        }

        var versions = await connection.Policy(name).VersionsAsync(cancellationToken);
        var history = await connection.Policy(name).HistoryAsync(cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(new { versions, promoted = head.Promoted.Version, history.Promotions, history.Gates, history.Pins });
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("version", "parent", "learnt from");
        foreach (var metric in Shown.Prepend("episodes"))
        {
            table.AddColumn(new TableColumn(metric).RightAligned());
        }

        foreach (var version in versions)
        {
            table.AddRow(Shown.Select(metric => version.Metrics.TryGetValue(metric, out var value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "")
                .Prepend(RunPicture.Count(version.Consumed.Count)).Prepend(Source(version)).Prepend(Parent(version)).Prepend($"{version.Version}{Marks(version, head, history)}")
                .Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        terminal.Line($"Learnt by {head.Latest.Settings.Method}, seed {head.Latest.Settings.Seed}, {RunPicture.Count(head.Latest.Turns)} turns; all settings and metrics with --json. {Promotions(history)}");
        foreach (var gate in history.Gates)
        {
            terminal.Line($"Gate: {GateLine.Of(gate)}.");
        }

        return 0;
    }

    private static string Parent(PolicyManifest version) => version.Parent >= 0 ? version.Parent.ToString(CultureInfo.InvariantCulture) : version.Origin.Length > 0 ? version.Origin : "none";

    private static string Source(PolicyManifest version) => version.Parent < 0 ? "" : version.Run.Length == 0 || version.Episodes.Bounds.IsEmpty ? version.Run : $"{version.Run}/{PolicyNames.Ranges(version.Episodes)}";

    // A rollback takes the newest promotion back, so that this is what can be gone back to and no history.
    private static string Promotions(PolicyHistory history) => history.Promotions switch
    {
        [] => "None is promoted; version 0 serves.",
        [var only] => $"Version {only} is promoted, and none before it.",
        [.. var before, var now] => $"Version {now} is promoted; policy rollback goes back to {string.Join(", then ", before.Reverse())}.",
    };

    private static string Marks(PolicyManifest version, PolicyHead head, PolicyHistory history) =>
        (version.Version == head.Promoted.Version ? " promoted" : "") + (history.Pins.ContainsValue(version.Version) ? " pinned" : "") + (version.IsRemoved ? " removed" : "");
}
