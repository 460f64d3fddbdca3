using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>queue cancel</c>: takes one task off the queue, or ends its episode between two steps.</summary>
internal sealed class QueueCancelCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Queue and ordinal, such as queue-3f2a1c/42" };
    private readonly ConnectionOptions _connection;

    public QueueCancelCommand()
        : base("cancel", "Cancel a queued task", "steptool queue cancel queue-3f2a1c/42 --silo http://127.0.0.1:5080")
    {
        Arguments.Add(_id);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        EpisodeId id;
        try
        {
            id = EpisodeId.Parse(parsed.GetValue(_id)!);
        }
        catch (FormatException exception)
        {
            throw Refusal.Usage(exception.Message);
        }

        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var before = await connection.Run(id.Run).StatusAsync(cancellationToken);
        if (before.Phase is RunPhase.Unknown || id.Ordinal >= before.Stages.Sum(stage => stage.Total))
        {
            throw Refusal.Usage($"There is no queued task '{id}'; see 'steptool queue status{_connection.Same(parsed)}'.");
        }

        var isOpen = await connection.Run(id.Run).RolloutAsync(id.Ordinal, cancellationToken) is not null;
        var status = isOpen ? await connection.Run(id.Run).CancelAsync(id.Ordinal, cancellationToken) : before;
        if (terminal.WritesJson)
        {
            terminal.Write(status);
        }
        else
        {
            terminal.Line(isOpen ? $"Task {id} is cancelled." : $"Task {id} had ended already.");
        }

        return 0;
    }
}
