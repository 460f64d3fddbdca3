using System.CommandLine;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Reports;
using StepTool.Client.Runs;
using StepTool.Client.Training;
using StepTool.Client.Worlds;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>train</c>: floors, the untrained policy, training, the trained policy, and the report of all.</summary>
internal sealed class TrainCommand : ConsoleCommand
{
    private readonly Option<string?> _run = new("--run") { Description = "Id of the run; an ended run of this id writes its report again", HelpName = "ID" };
    private readonly OutFolder _out;
    private readonly WorldOptions _world;
    private readonly TrainOptions _training;
    private readonly ConnectionOptions _connection;

    public TrainCommand()
        : base(
            "train",
            "Train a policy from random weights and measure it on tasks whose tools it has never seen",
            "steptool train",
            "steptool train --data ../stabletoolbench --iterations 100",
            "steptool train --seed 2 --deterministic --out out/second",
            "steptool train --silo http://127.0.0.1:5080")
    {
        _world = new WorldOptions(this);
        _training = new TrainOptions(this);
        Options.Add(_run);
        _out = new OutFolder(this, "report.json, report.md, report.html and policy/");
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var command = CommandText.Of(parsed.Tokens.Select(token => token.Value));
        var preferred = string.Create(CultureInfo.InvariantCulture, $"train-{world.ShortName}-{_training.Seed(parsed)}");
        RunPlan PlanOf(string id) => TrainPlanner.Plan(_training.Request(parsed, world, id) with { Command = command });
        var stages = PlannedStages.Of(PlanOf(preferred), world);
        var started = await RunStarter.StartAsync(connection, parsed.GetValue(_run), preferred, PlanOf, cancellationToken);
        var run = started.Plan.Run;
        terminal.Line(started.Before switch
        {
            RunPhase.Running => $"Run {run} goes on in world {world.World.Id}",
            RunPhase.Completed => $"Run {run} has ended before; this is its report",
            _ => $"Run {run} in world {world.World.Id}",
        });
        var status = await new RunFollower(connection, terminal, _connection.Same(parsed)).FollowAsync(run, stages, cancellationToken);
        if (status is null)
        {
            return 1;
        }

        var folder = _out.Of(parsed, run);
        await PolicyFolder.ExportAsync(connection, run, Path.Combine(folder, "policy"), cancellationToken);
        var context = new ReportContext { World = world, Configuration = RequestSettings.Of(_training.Request(parsed, world, run)) };
        var exitCode = await RunReport.PublishAsync(connection, terminal, [KeyValuePair.Create(_training.Seed(parsed), status)], context, folder, cancellationToken);
        var head = await PolicyNames.HeadAsync(connection, run, cancellationToken);
        terminal.Line($"Version {head.Promoted.Version} of {head.Latest.Version} is promoted; see: steptool policy show {run}{_connection.Same(parsed)}");
        return exitCode;
    }
}
