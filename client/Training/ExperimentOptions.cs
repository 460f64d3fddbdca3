using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Worlds;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;

namespace StepTool.Client.Training;

/// <summary>The options that training and comparing have in common.</summary>
internal sealed class ExperimentOptions
{
    private readonly Option<int?> _batch = Ranged.Optional("--batch", "Episodes an update", 1, 100_000);
    private readonly Option<int> _staleness = Ranged.Option("--max-staleness", "Updates that a rollout's policy may be behind; 0 for strictly on-policy", 0, 100, 1);
    private readonly Option<bool> _deterministic = new("--deterministic") { Description = "The same seed gives the same numbers: fixed batches, staleness 0" };
    private readonly Option<double> _finishShare = Ranged.Option("--finish-share", "Share of training episodes whose last turn offers Finish only", 0.0, 1.0, 0.5);
    private readonly Option<double> _mistakes = Ranged.Option("--mistakes", "Share of turns with a mistake in the built-in world's demonstrations", 0.0, 1.0, 0.2);
    private readonly Option<int> _points = Ranged.Option("--curve-points", "Looks at dev tasks over the training", 1, 100, 6);
    private readonly Option<int> _devTasks = Ranged.Option("--dev-tasks", "Dev tasks a look; 0 for all", 0, 1_000_000, 200);
    private readonly Option<int> _testTasks = Ranged.Option("--test-tasks", "Test tasks measured, for a quick look; 0 for all", 0, 1_000_000, 0);
    private readonly Option<string?> _trainGroups = new("--train-groups") { Description = "Groups to train on, separated by commas", HelpName = "A,B" };
    private readonly Option<string?> _testGroups = new("--test-groups") { Description = "Groups to measure on, separated by commas", HelpName = "A,B" };
    private readonly Option<bool> _noFloors = new("--no-floors") { Description = "Leave out the floors, for a quick look" };
    private readonly LearningOptions _learning;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="choosesMethod">Whether the method is an option too.</param>
    public ExperimentOptions(Command command, bool choosesMethod)
    {
        foreach (var option in new Option[] { _batch, _staleness, _deterministic, _finishShare, _mistakes, _points, _devTasks, _testTasks, _trainGroups, _testGroups, _noFloors })
        {
            command.Options.Add(option);
        }

        _learning = new LearningOptions(command, choosesMethod);
    }

    /// <summary>Refuses what the command line names and no method that learns would read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="methods">Names of the methods.</param>
    /// <param name="imitates">Whether something imitates demonstrations besides them.</param>
    /// <exception cref="Refusal">An option would change nothing.</exception>
    public void Check(ParseResult parsed, IReadOnlyList<string> methods, bool imitates) => _learning.Check(
        parsed, methods, (_mistakes, method => imitates || method.Imitates), (_finishShare, method => !method.Imitates));

    /// <summary>Whether the command line says which parts of the step reward are paid.</summary>
    public bool SaysReward(ParseResult parsed) => _learning.SaysReward(parsed);

    /// <summary>Fills a request with the options' values.</summary>
    /// <param name="request">The request, with the world's own batch size.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="world">The world.</param>
    /// <param name="measured">The split that results are measured on.</param>
    /// <exception cref="Refusal">A group is unknown, or an option does not fit the world.</exception>
    public T Fill<T>(T request, ParseResult parsed, WorldChoice world, Split measured)
        where T : ExperimentRequest => (T)((ExperimentRequest)request with
        {
            Floors = parsed.GetValue(_noFloors) ? [] : [.. Floors.All, .. Floors.References],
            BatchSize = parsed.GetValue(_batch) ?? request.BatchSize,
            MaxStaleness = parsed.GetValue(_staleness),
            Deterministic = parsed.GetValue(_deterministic),
            FinishShare = parsed.GetValue(_finishShare),
            MistakeShare = MistakeShare(parsed, world),
            CurvePoints = parsed.GetValue(_points),
            DevTasks = parsed.GetValue(_devTasks),
            TestTasks = parsed.GetValue(_testTasks),
            TrainGroups = world.Groups("--train-groups", parsed.GetValue(_trainGroups), Split.Train),
            TestGroups = world.Groups("--test-groups", parsed.GetValue(_testGroups), measured),
            Rewards = _learning.Rewards(parsed),
            Settings = _learning.Settings(parsed),
        });

    private double MistakeShare(ParseResult parsed, WorldChoice world) => parsed.GetResult(_mistakes) is { Implicit: false } && world.World is not BuiltInWorld
        ? throw Refusal.Usage($"--mistakes is given in world {world.World.Id}, whose demonstrations were recorded; only the built-in world makes its own. Leave it out.")
        : parsed.GetValue(_mistakes);
}
