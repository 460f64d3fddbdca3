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
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var selected = await _selection.ReadAsync(parsed, connection, cancellationToken);
        var shown = selected.Episodes.Take(parsed.GetValue(_limit)).ToList();
        if (terminal.WritesJson)
        {
            terminal.Write(shown);
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("episode", "stage", "task", "group", "ended", "verdict");
        foreach (var name in new[] { "calls", "return" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (stage, outcome) in shown)
        {
            var result = outcome.Result;
            table.AddRow(new[]
            {
                $"{selected.Run.Run}/{outcome.Ordinal}", stage, result.Task, result.Labels.Group, outcome.Status.ToString(), result.Verdict.ToString(),
                RunPicture.Count(result.Calls), outcome.Return.ToString("0.000", CultureInfo.InvariantCulture),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        terminal.Line($"{RunPicture.Count(shown.Count)} of {RunPicture.Count(selected.Episodes.Length)} episodes; see one with: steptool episodes show {selected.Run.Run}/ORDINAL{_connection.Same(parsed)}");
        return 0;
    }
}
