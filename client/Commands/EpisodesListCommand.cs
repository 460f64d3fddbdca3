using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Episodes;
using StepTool.Client.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>episodes list</c>: ended episodes of a run.</summary>
internal sealed class EpisodesListCommand : ConsoleCommand
{
    private readonly Option<int> _limit = Ranged.Option("--limit", "Episodes shown", 1, 1_000_000, 30);
    private readonly EpisodeSelection _selection;
    private readonly ConnectionOptions _connection;

    public EpisodesListCommand()
        : base("list", "List a run's ended episodes", "steptool episodes list train-built-in-1 --stage steptool --verdict unsolved")
    {
        _selection = new EpisodeSelection(this);
        Options.Add(_limit);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var selected = await _selection.ReadAsync(parsed, connection, cancellationToken);
        var shown = selected.Episodes.Take(parsed.GetValue(_limit)).ToList();
        if (terminal.WritesJson)
        {
            terminal.Write(shown);
            return 0;
        }

        if (shown.Count == 0)
        {
            terminal.Line($"No ended episode of {selected.Run.Run} is of this kind; see all with: steptool episodes list {selected.Run.Run}{_connection.Same(parsed)}");
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("episode", "stage", "task", "group", "ended", "fault", "verdict");
        foreach (var name in new[] { "calls", "return" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var episode in shown)
        {
            var (stage, outcome) = episode;
            var result = outcome.Result;
            table.AddRow(new[]
            {
                $"{selected.Run.Run}/{outcome.Ordinal}", stage, result.Task, result.Labels.Group, outcome.Status.ToString(), episode.Fault ?? "", episode.Verdict?.ToString() ?? "",
                RunPicture.Count(result.Calls), outcome.Return.ToString("0.000", CultureInfo.InvariantCulture),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        terminal.Line($"{RunPicture.Count(shown.Count)} of {RunPicture.Count(selected.Episodes.Length)} episodes; see one with: steptool episodes show {selected.Run.Run}/ORDINAL{_connection.Same(parsed)}");
        if (selected.Resumable > 0)
        {
            terminal.Line($"{RunPicture.Count(selected.Resumable)} ended by a fault; when its cause is cured, go on with them: steptool episodes resume {selected.Run.Run}{_connection.Same(parsed)}");
        }

        return 0;
    }
}
