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
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var rows = new List<PolicyRow>();
        foreach (var entry in await connection.Index.RunsAsync(cancellationToken))
        {
            foreach (var policy in entry.Policies)
            {
                if (rows.All(row => row.Policy != policy) && await RowAsync(connection, policy, entry.World, cancellationToken) is { } row)
                {
                    rows.Add(row);
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
            table.AddRow(new[] { row.Policy, row.Method ?? "", Number(row.Latest), Number(row.Promoted), RunList.Short(row.World) }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        foreach (var row in rows.Where(row => row.Failure is not null))
        {
            terminal.Line($"{row.Policy}: {row.Failure}");
        }

        return 0;
    }

    // Null where a run has named a policy and not begun to train it; one whose record cannot be read must not hide the others.
    private static async Task<PolicyRow?> RowAsync(Connection connection, string policy, string world, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Policy(policy).HeadAsync(cancellationToken) is { } head
                ? new PolicyRow(policy, world, head.Latest.Version, head.Promoted.Version, head.Latest.Settings.Method, null)
                : null;
        }
        catch (Exception exception) when (RunList.IsOfOne(exception))
        {
            return new PolicyRow(policy, world, null, null, null, RunList.ReasonOf(exception));
        }
    }

    private static string Number(int? version) => version is { } number ? RunPicture.Count(number) : "";

    private sealed record PolicyRow(string Policy, string World, int? Latest, int? Promoted, string? Method, string? Failure);
}
