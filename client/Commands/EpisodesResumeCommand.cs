using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Queue;
using StepTool.Client.Runs;
using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Commands;

/// <summary><c>episodes resume</c>: episodes that a fault ended go on.</summary>
internal sealed class EpisodesResumeCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Run and ordinal, such as train-built-in-1/42, or a run alone for all its episodes that a fault ended" };
    private readonly ConnectionOptions _connection;

    public EpisodesResumeCommand()
        : base(
            "resume",
            "Go on with episodes that a fault ended, from their last step; a call of unknown outcome is not made again",
            "steptool episodes resume train-built-in-1/42",
            "steptool episodes resume train-built-in-1")
    {
        Arguments.Add(_id);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var (run, ordinal) = Read(parsed.GetValue(_id)!);
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        ResumedEpisodes resumed;
        try
        {
            resumed = await connection.WhenThereIsRoomAsync(() => connection.Run(run).ResumeAsync(ordinal, cancellationToken), cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw Refusal.Usage(exception.Message);
        }

        foreach (var refusal in resumed.Refused)
        {
            terminal.Complain(refusal);
        }

        if (terminal.WritesJson)
        {
            terminal.Write(resumed);
        }
        else if (resumed.Ordinals.IsEmpty && resumed.Refused.IsEmpty)
        {
            terminal.Line($"No episode of {run} that has ended was ended by a fault.");
        }
        else
        {
            terminal.Line($"{RunPicture.Count(resumed.Ordinals.Length, "episode")} of {run} at work again{(resumed.Refused.IsEmpty ? "" : $", {RunPicture.Count(resumed.Refused.Length)} not")}.");
            var watch = $"steptool {(run.StartsWith(StandingRun.Prefix, StringComparison.Ordinal) ? "queue watch --until-done" : $"runs watch {run}")}{_connection.Same(parsed)}";
            if (!resumed.Ordinals.IsEmpty)
            {
                terminal.Line(connection.Silo is null ? $"That is stored; it goes on while a command hosts it: {watch}" : $"Follow with: {watch}");
            }
        }

        return resumed.Refused.IsEmpty ? 0 : 1;
    }

    private static (string Run, long? Ordinal) Read(string id)
    {
        try
        {
            return id.Contains('/', StringComparison.Ordinal) && EpisodeId.Parse(id) is var one ? (one.Run, one.Ordinal) : (id, null);
        }
        catch (FormatException exception)
        {
            throw Refusal.Usage(exception.Message);
        }
    }
}
