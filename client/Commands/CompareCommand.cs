using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Comparing;
using StepTool.Client.Connections;
using StepTool.Client.Reports;
using StepTool.Client.Runs;
using StepTool.Client.Training;
using StepTool.Client.Worlds;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;

namespace StepTool.Client.Commands;

/// <summary><c>compare</c>: methods from one common start at equal turns and rows, over seeds, beside the floors.</summary>
internal sealed class CompareCommand : ConsoleCommand
{
    private readonly Option<string?> _run = new("--run") { Description = "First part of the runs' ids, a run for each seed; ended runs of these ids write their report again", HelpName = "ID" };
    private readonly OutFolder _out;
    private readonly WorldOptions _world;
    private readonly ComparisonOptions _comparing;
    private readonly ConnectionOptions _connection;

    public CompareCommand()
        : base(
            "compare",
            "Compare methods that start alike and learn from equally many turns, over seeds",
            "steptool compare",
            "steptool compare --methods sft,ppo,steptool --seeds 1-3",
            "steptool compare --ablate credit",
            "steptool compare --data ../stabletoolbench --seeds 1-5 --out out/recorded",
            "steptool compare --split dev --turns 20000 --learning-rate 0.001")
    {
        _world = new WorldOptions(this);
        _comparing = new ComparisonOptions(this);
        Options.Add(_run);
        _out = new OutFolder(this, "report.json, report.md and report.html");
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var asked = parsed.GetValue(_run);
        var name = asked ?? $"compare-{world.ShortName}";
        var request = _comparing.Request(parsed, world, name) with { Command = CommandText.Of(parsed.Tokens.Select(token => token.Value)) };
        ImmutableArray<RunPlan> PlansOf(string first) =>
            [.. request.Seeds.Select(seed => ComparePlanner.Plan(request, seed, string.Create(CultureInfo.InvariantCulture, $"{first}-{seed}")))];
        foreach (var plan in PlansOf(name))
        {
            _ = PlannedStages.Of(plan, world);
        }

        var started = await RunStarter.StartAsync(connection, asked, name, PlansOf, cancellationToken);
        ImmutableArray<string> runs = [.. started.Select(run => run.Plan.Run)];
        terminal.Line($"Comparing {string.Join(", ", request.Contenders.Select(contender => contender.Name))} in world {world.World.Id}, runs {runs[0]} to {runs[^1]}");
        var statuses = await FollowAsync(connection, terminal, request, runs, cancellationToken);
        if (statuses.IsDefault)
        {
            return 1;
        }

        var context = new ReportContext
        {
            World = world,
            Measured = request.Measured,
            Comparisons = Comparisons(request),
            References = [.. request.Contenders.Where(contender => contender.Kind is MethodKind.Reference).Select(contender => contender.Name)],
            Configuration = RequestSettings.Of(request),
            Notes = [Note(request)],
        };
        return await RunReport.PublishAsync(
            connection, terminal, [.. request.Seeds.Zip(statuses, KeyValuePair.Create)], context, _out.Of(parsed, runs[0]), cancellationToken);
    }

    // Default where the user left before the end.
    private static async Task<ImmutableArray<RunStatus>> FollowAsync(
        Connection connection, Terminal terminal, CompareRequest request, ImmutableArray<string> runs, CancellationToken cancellationToken)
    {
        try
        {
            var statuses = await new CompareDisplay(connection, terminal, new CompareProgress(request), TimeProvider.System).ShowAsync(runs, cancellationToken);
            return statuses.Where(status => status.Phase is not RunPhase.Completed).MaxBy(status => status.Phase is RunPhase.Failed) is { } other
                ? throw Refusal.Failed(other.Phase is RunPhase.Failed ? $"Run {other.Run} failed: {other.Failure}" : $"Run {other.Run} ended as {other.Phase}; a comparison needs all its runs.")
                : statuses;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Complain(connection.Silo is { } silo
                ? $"The runs go on at {silo}. The same command finds them again."
                : "Stopping between two steps, at once with another Ctrl-C; nothing is lost. Go on with the same command.");
            return default;
        }
    }

    // Claims are about one contender; every other is compared with it.
    private static ImmutableArray<Comparison> Comparisons(CompareRequest request)
    {
        var names = request.Contenders.Select(contender => contender.Name).ToList();
        var main = names.Contains(Contender.Main) ? Contender.Main : request.Contenders.LastOrDefault(contender => contender.Kind is MethodKind.Method)?.Name ?? names[^1];
        return [.. names.Append(StageName.Start).Concat(request.Floors).Where(name => name != main).Select(name => new Comparison(main, name))];
    }

    private static string Note(CompareRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"All methods of a seed start from one policy that imitated demonstrations of {(request.Demonstrations == 0 ? "all" : request.Demonstrations)} train tasks for {request.StartTurns:N0} turns; each then learns from {request.Turns:N0} turns, its own exploration included, and no more gradient rows than epochs times these.");
}
