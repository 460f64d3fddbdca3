using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Episodes;
using StepTool.Client.Runs;
using StepTool.Client.Training;

namespace StepTool.Client.Commands;

/// <summary><c>episodes rescore</c>: what other reward options would have paid for stored episodes. Nothing is changed.</summary>
internal sealed class EpisodesRescoreCommand : ConsoleCommand
{
    private readonly EpisodeSelection _selection;
    private readonly RewardChoice _rewards;
    private readonly ConnectionOptions _connection;

    public EpisodesRescoreCommand()
        : base(
            "rescore",
            "Score stored episodes with other reward options and print the difference; nothing is changed",
            "steptool episodes rescore train-built-in-1 --stage steptool --reward success",
            "steptool episodes rescore train-built-in-1 --contribution lcs")
    {
        _selection = new EpisodeSelection(this);
        _rewards = new RewardChoice(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var selected = await _selection.ReadAsync(parsed, connection, cancellationToken);
        var world = await connection.Worlds.GetAsync(selected.Run.World, cancellationToken);
        var stages = await Rescoring.CompareAsync(selected, world, _rewards.Read(parsed), connection.Blobs, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(stages);
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("stage");
        foreach (var name in new[] { "episodes", "changed", "return before", "return after", "contributing before", "contributing after" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var stage in stages)
        {
            table.AddRow(new[]
            {
                stage.Stage, RunPicture.Count(stage.Episodes), RunPicture.Count(stage.Changed), Number(stage.ReturnBefore), Number(stage.ReturnAfter),
                RunPicture.Percent(stage.ContributingBefore), RunPicture.Percent(stage.ContributingAfter),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        return 0;
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
