using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>runs watch</c>: finds a run again and follows it to its end; in this process it goes on where it stopped.</summary>
internal sealed class RunsWatchCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Id of the run" };
    private readonly ConnectionOptions _connection;

    public RunsWatchCommand()
        : base(
            "watch",
            "Follow a run to its end; without --silo a stopped run goes on",
            "steptool runs watch train-built-in-1",
            "steptool runs watch train-built-in-1 --silo http://127.0.0.1:5080")
    {
        Arguments.Add(_id);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var id = parsed.GetValue(_id)!;
        var same = _connection.Same(parsed);
        var status = await new RunFollower(connection, terminal, same).FollowAsync(id, [], cancellationToken);
        if (status is null)
        {
            return 1;
        }

        if (terminal.WritesJson)
        {
            terminal.Write(status);
            return 0;
        }

        RunList.WriteStages(terminal, status);
        if (status.Command.Length > 0)
        {
            terminal.Line($"Write its report with: {status.Command} --run {id}{same}");
        }

        return 0;
    }
}
