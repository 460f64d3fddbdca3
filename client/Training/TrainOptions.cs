using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Worlds;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;

namespace StepTool.Client.Training;

/// <summary>The options of <c>train</c> beside world and connection.</summary>
internal sealed class TrainOptions
{
    private readonly Option<ulong> _seed = Ranged.Option("--seed", "Seed of first weights, sampling and order", 0ul, (ulong)int.MaxValue, 1ul);
    private readonly Option<int?> _iterations = Ranged.Optional("--iterations", "Updates", 1, 100_000);
    private readonly Option<int?> _batch = Ranged.Optional("--batch", "Episodes an update", 1, 100_000);
    private readonly Option<int> _staleness = Ranged.Option("--max-staleness", "Updates that a rollout's policy may be behind; 0 for strictly on-policy", 0, 100, 1);
    private readonly Option<bool> _deterministic = new("--deterministic") { Description = "The same seed gives the same numbers: fixed batches, staleness 0" };
    private readonly Option<double> _finishShare = Ranged.Option("--finish-share", "Share of training episodes whose last turn offers Finish only", 0.0, 1.0, 0.5);
    private readonly Option<double> _mistakes = Ranged.Option("--mistakes", "Share of turns with a mistake in the built-in world's demonstrations", 0.0, 1.0, 0.2);
    private readonly Option<int> _points = Ranged.Option("--curve-points", "Looks at dev tasks while training", 1, 100, 6);
    private readonly Option<int> _devTasks = Ranged.Option("--dev-tasks", "Dev tasks a look; 0 for all", 0, 1_000_000, 200);
    private readonly Option<int> _testTasks = Ranged.Option("--test-tasks", "Test tasks measured, for a quick look; 0 for all", 0, 1_000_000, 0);
    private readonly Option<string?> _trainGroups = new("--train-groups") { Description = "Groups to train on, separated by commas", HelpName = "A,B" };
    private readonly Option<string?> _testGroups = new("--test-groups") { Description = "Groups to measure on, separated by commas", HelpName = "A,B" };
    private readonly Option<bool> _noFloors = new("--no-floors") { Description = "Leave out the floors, for a quick look" };
    private readonly LearningOptions _learning;

    /// <summary>Adds the options to a command.</summary>
    public TrainOptions(Command command)
    {
        foreach (var option in new Option[] { _seed, _iterations, _batch, _staleness, _deterministic, _finishShare, _mistakes, _points, _devTasks, _testTasks, _trainGroups, _testGroups, _noFloors })
        {
            command.Options.Add(option);
        }

        _learning = new LearningOptions(command);
    }

    /// <summary>Seed of the run.</summary>
    public int Seed(ParseResult parsed) => (int)parsed.GetValue(_seed);

    /// <summary>The request under a run's id.</summary>
    /// <exception cref="Refusal">A group is unknown, or an option does not fit the world.</exception>
    public TrainRequest Request(ParseResult parsed, WorldChoice world, string run)
    {
        var preset = TrainDefaults.Of(world.ShortName);
        return new TrainRequest
        {
            Run = run,
            World = world.Reference,
            Floors = parsed.GetValue(_noFloors) ? [] : [.. Floors.All, .. Floors.References],
            Iterations = parsed.GetValue(_iterations) ?? preset.Iterations,
            BatchSize = parsed.GetValue(_batch) ?? preset.BatchSize,
            Seed = parsed.GetValue(_seed),
            MaxStaleness = parsed.GetValue(_staleness),
            Deterministic = parsed.GetValue(_deterministic),
            FinishShare = parsed.GetValue(_finishShare),
            MistakeShare = MistakeShare(parsed, world),
            CurvePoints = parsed.GetValue(_points),
            DevTasks = parsed.GetValue(_devTasks),
            TestTasks = parsed.GetValue(_testTasks),
            TrainGroups = world.Groups("--train-groups", parsed.GetValue(_trainGroups), Split.Train),
            TestGroups = world.Groups("--test-groups", parsed.GetValue(_testGroups), Split.Test),
            Rewards = _learning.Rewards(parsed),
            Settings = _learning.Settings(parsed),
        };
    }

    private double MistakeShare(ParseResult parsed, WorldChoice world) => parsed.GetResult(_mistakes) is { Implicit: false } && world.World is not BuiltInWorld
        ? throw Refusal.Usage($"--mistakes is given in world {world.World.Id}, whose demonstrations were recorded; only the built-in world makes its own. Leave it out.")
        : parsed.GetValue(_mistakes);
}
