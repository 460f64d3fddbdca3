using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Reports;
using StepTool.Client.Runs;
using StepTool.Client.Training;
using StepTool.Client.Worlds;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;

namespace StepTool.Client.Commands;

/// <summary><c>evaluate</c>: one policy on the test tasks of a world, beside the floors.</summary>
internal sealed class EvaluateCommand : ConsoleCommand
{
    private const string Dfsdt = "dfsdt";
    private readonly Option<string> _policy = new("--policy") { Description = "A policy folder, or NAME, NAME@latest or NAME@7 of a policy that the silo has", HelpName = "DIR", Required = true };
    private readonly Option<string?> _groups = new("--groups") { Description = "Groups to measure on, separated by commas", HelpName = "A,B" };
    private readonly Option<string> _strategy = new("--strategy") { Description = "How episodes are played: react, one chain; dfsdt, beside it with a search that goes back where a chain ends without an answer, and with whole attempts of equally many turns", HelpName = "NAME", DefaultValueFactory = _ => "react" };
    private readonly Option<bool> _fill = new("--fill") { Description = "Measure besides what the policy does when Finish is held back until the last turn" };
    private readonly Option<ulong> _seed = Ranged.Option("--seed", "Seed of the sampled pass", 0ul, (ulong)int.MaxValue, 1ul);
    private readonly Option<int> _testTasks = Ranged.Option("--test-tasks", "Test tasks measured, for a quick look; 0 for all", 0, 1_000_000, 0);
    private readonly Option<bool> _noFloors = new("--no-floors") { Description = "Leave out the floors, for a quick look" };
    private readonly Option<string?> _run = new("--run") { Description = "Id of the run; an ended run of this id writes its report again", HelpName = "ID" };
    private readonly OutFolder _out;
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public EvaluateCommand()
        : base(
            "evaluate",
            "Measure a policy on test tasks, beside the floors",
            "steptool evaluate --policy out/train-built-in-1/policy",
            "steptool evaluate --policy out/train-recorded-1/policy --data ../other-folder --groups G1_tool,G2_category",
            "steptool evaluate --policy train-built-in-1@3 --no-floors")
    {
        _strategy.Among("react", Dfsdt);
        foreach (var option in new Option[] { _policy, _groups, _strategy, _fill, _seed, _testTasks, _noFloors, _run })
        {
            Options.Add(option);
        }

        _out = new OutFolder(this, "report.json, report.md and report.html");
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var policy = await PolicyFolder.ResolveAsync(connection, parsed.GetValue(_policy)!, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var groups = world.Groups("--groups", parsed.GetValue(_groups), Split.Test);
        var tasks = parsed.GetValue(_testTasks);
        ImmutableArray<string> floors = parsed.GetValue(_noFloors) ? [] : [.. Floors.All, .. Floors.References];
        var preferred = string.Create(CultureInfo.InvariantCulture, $"evaluate-{world.ShortName}-{parsed.GetValue(_seed)}");
        var method = policy.Name;
        var chain = TrainPlanner.Test(method, policy.Reference, groups, tasks);
        ImmutableArray<EvaluateStage> searches = parsed.GetValue(_strategy) == Dfsdt
            ? [chain with { Name = $"{method} {Dfsdt}", Strategy = SearchStrategy.Dfsdt }, chain with { Name = $"{method} restarts", Strategy = SearchStrategy.Restarts }]
            : [];
        RunPlan PlanOf(string id) => new()
        {
            Run = id,
            World = world.Reference,
            Seed = parsed.GetValue(_seed),
            Stages =
            [
                .. TrainPlanner.Floors(floors, groups, tasks),
                chain,
                .. searches,
                .. parsed.GetValue(_fill) ? [TrainPlanner.Fill(chain)] : ImmutableArray<EvaluateStage>.Empty,
                TrainPlanner.Sampled(chain),
            ],
            Command = CommandText.Of(parsed.Tokens.Select(token => token.Value)),
        };
        var started = await RunStarter.StartAsync(connection, parsed.GetValue(_run), preferred, PlanOf, cancellationToken);
        var run = started.Plan.Run;
        terminal.Line($"Run {run} measures {method} in world {world.World.Id}");
        var status = await new RunFollower(connection, terminal, _connection.Same(parsed)).FollowAsync(run, PlannedStages.Of(started.Plan, world), cancellationToken);
        if (status is null)
        {
            return 1;
        }

        var settings = ImmutableSortedDictionary<string, string>.Empty
            .Add("groups", groups.IsEmpty ? "all" : string.Join(",", groups)).Add("policy", policy.Reference.ToString()).Add("world", world.Reference)
            .Add("strategy", parsed.GetValue(_strategy)!).Add("seed", parsed.GetValue(_seed).ToString(CultureInfo.InvariantCulture));
        return await RunReport.PublishAsync(
            connection, terminal, [KeyValuePair.Create((int)parsed.GetValue(_seed), status)], new ReportContext { World = world, Configuration = settings, Comparisons = Comparisons(started.Plan, method, searches) },
            _out.Of(parsed, run), cancellationToken);
    }

    // The policy against all others, and the search against whole attempts of as many turns.
    private static ImmutableArray<Comparison> Comparisons(RunPlan plan, string method, ImmutableArray<EvaluateStage> searches) =>
    [
        .. plan.Stages.Where(stage => stage.Name != method && StageName.Parse(stage.Name).Purpose is StagePurpose.Test).Select(stage => new Comparison(method, stage.Name)),
        .. searches is [var tree, var restarts] ? [new Comparison(tree.Name, restarts.Name)] : ImmutableArray<Comparison>.Empty,
    ];
}
