using System.CommandLine;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>policy list</c>: the policies that runs have trained.</summary>
internal sealed class PolicyListCommand : ConsoleCommand
{
    private readonly ConnectionOptions _connection;

    public PolicyListCommand()
        : base("list", "List trained policies", "steptool policy list") => _connection = new ConnectionOptions(this);

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var rows = new List<PolicyRow>();
        foreach (var entry in await connection.Index.RunsAsync(cancellationToken))
        {
            foreach (var policy in entry.Policies)
            {
                if (rows.All(row => row.Policy != policy) && await connection.Policy(policy).HeadAsync(cancellationToken) is { } head)
                {
                    rows.Add(new PolicyRow(policy, entry.World, head.Latest.Version, head.Promoted.Version, head.Latest.Settings.Method));
                }
            }
        }

        if (terminal.WritesJson)
        {
            terminal.Write(rows);
            return 0;
        }

        if (rows.Count == 0)
        {
            terminal.Line("There are no policies yet. Train one with: steptool train");
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("policy", "method", "latest", "promoted", "world");
        foreach (var row in rows)
        {
            table.AddRow(new[] { row.Policy, row.Method, RunPicture.Count(row.Latest), RunPicture.Count(row.Promoted), RunList.Short(row.World) }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        return 0;
    }

    private sealed record PolicyRow(string Policy, string World, int Latest, int Promoted, string Method);
}
