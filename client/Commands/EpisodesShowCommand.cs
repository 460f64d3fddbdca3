using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Episodes;
using StepTool.Client.Reports;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;

namespace StepTool.Client.Commands;

/// <summary><c>episodes show</c>: one episode, step by step, with every reward.</summary>
internal sealed class EpisodesShowCommand : ConsoleCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "Run and ordinal, such as train-built-in-1/42" };
    private readonly ConnectionOptions _connection;

    public EpisodesShowCommand()
        : base("show", "Show an episode, step by step", "steptool episodes show train-built-in-1/42", "steptool episodes show train-built-in-1/42 --json")
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
        var episode = await FindAsync(connection, id, cancellationToken)
            ?? throw Refusal.Usage($"There is no episode '{id}' that has begun; see 'steptool episodes list {id.Run}{_connection.Same(parsed)}'.");
        if (terminal.WritesJson)
        {
            terminal.Write(episode);
        }
        else
        {
            EpisodeView.Write(terminal, episode);
            if (EpisodeEngine.ResumeRefusal(episode, ToolMode.Recorded) is null && SelectedEpisodes.Resumes((await connection.Run(id.Run).StatusAsync(cancellationToken)).Phase))
            {
                terminal.Line($"When its cause is cured, go on with: steptool episodes resume {id}{_connection.Same(parsed)}");
            }
        }

        return 0;
    }

    // An ended episode is a trajectory in the blob store; one that runs is with its grain.
    private static async Task<Episode?> FindAsync(Connection connection, EpisodeId id, CancellationToken cancellationToken)
    {
        var outcome = (await StageOutcomes.ReadAsync(connection, id.Run, cancellationToken)).FirstOrDefault(outcome => outcome.Ordinal == id.Ordinal);
        return outcome is null
            ? await connection.Grains.GetGrain<ITaskGrain>(id.ToString()).EpisodeAsync(cancellationToken)
            : EpisodeCodec.Decode(await connection.Blobs.GetAsync(outcome.Trajectory, cancellationToken));
    }
}
