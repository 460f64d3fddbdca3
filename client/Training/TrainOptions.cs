using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Worlds;
using StepTool.Core.Worlds;

namespace StepTool.Client.Training;

/// <summary>The options of <c>train</c> beside world and connection.</summary>
internal sealed class TrainOptions
{
    private readonly Option<ulong> _seed = Ranged.Option("--seed", "Seed of first weights, sampling and order", 0ul, (ulong)int.MaxValue, 1ul);
    private readonly Option<int?> _iterations = Ranged.Optional("--iterations", "Updates", 1, 100_000);
    private readonly ExperimentOptions _experiment;

    /// <summary>Adds the options to a command.</summary>
    public TrainOptions(Command command)
    {
        command.Options.Add(_seed);
        command.Options.Add(_iterations);
        _experiment = new ExperimentOptions(command, choosesMethod: true);
    }

    /// <summary>Seed of the run.</summary>
    public int Seed(ParseResult parsed) => (int)parsed.GetValue(_seed);

    /// <summary>The request under a run's id.</summary>
    /// <exception cref="Refusal">A group is unknown.</exception>
    public TrainRequest Request(ParseResult parsed, WorldChoice world, string run)
    {
        var preset = TrainDefaults.Of(world.ShortName);
        var request = new TrainRequest
        {
            Run = run,
            World = world.Reference,
            Floors = [],
            Iterations = parsed.GetValue(_iterations) ?? preset.Iterations,
            BatchSize = preset.BatchSize,
            Seed = parsed.GetValue(_seed),
        };
        return _experiment.Fill(request, parsed, world, Split.Test);
    }
}
