using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Queue;

namespace StepTool.Client.Commands;

/// <summary><c>queue watch</c>: the queue, live; without --silo its tasks run meanwhile.</summary>
internal sealed class QueueWatchCommand : ConsoleCommand
{
    private readonly Option<bool> _untilDone = new("--until-done") { Description = "End when no task waits or runs" };
    private readonly ConnectionOptions _connection;

    public QueueWatchCommand()
        : base(
            "watch",
            "Watch the queue; without --silo its tasks run in this process meanwhile",
            "steptool queue watch --silo http://127.0.0.1:5080",
            "steptool queue watch --until-done")
    {
        Options.Add(_untilDone);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var isDone = await new QueueWatch(connection, terminal, TimeProvider.System, _connection.Same(parsed)).WatchAsync(parsed.GetValue(_untilDone), cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(await QueueWatch.RunsAsync(connection, CancellationToken.None));
        }

        return isDone ? 0 : 1;
    }
}
