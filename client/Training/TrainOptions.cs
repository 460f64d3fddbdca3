using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Worlds;
using StepTool.Core.Worlds;

namespace StepTool.Client.Training;

/// <summary>The options of <c>train</c> beside world and connection.</summary>
internal sealed class TrainOptions
{
    private const string Gated = "gated";
    private readonly Option<ulong> _seed = Ranged.Option("--seed", "Seed of first weights, sampling and order", 0ul, (ulong)int.MaxValue, 1ul);
    private readonly Option<int?> _iterations = Ranged.Optional("--iterations", "Updates", 1, 100_000);
    private readonly Option<string> _promote = new("--promote") { Description = "When a version is promoted: gated, at a look at dev unless it is worse there than the promoted one beyond the interval; always, after each part of the training", HelpName = "WHEN", DefaultValueFactory = _ => Gated };
    private readonly Option<int> _keep = Ranged.Option("--keep", "Versions kept beside those promoted or pinned; 0 for all", 0, 1_000_000, 0);
    private readonly ExperimentOptions _experiment;

    /// <summary>Adds the options to a command.</summary>
    public TrainOptions(Command command)
    {
        command.Options.Add(_seed);
        command.Options.Add(_iterations);
        _promote.Among(Gated, "always");
        command.Options.Add(_promote);
        command.Options.Add(_keep);
        _experiment = new ExperimentOptions(command, choosesMethod: true);
    }

    /// <summary>Seed of the run.</summary>
    public int Seed(ParseResult parsed) => (int)parsed.GetValue(_seed);

    /// <summary>The request under a run's id.</summary>
    /// <exception cref="Refusal">A group is unknown, or an option would change nothing.</exception>
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
            IsGated = parsed.GetValue(_promote) == Gated,
            KeptVersions = parsed.GetValue(_keep),
        };
        request = _experiment.Fill(request, parsed, world, Split.Test);
        _experiment.Check(parsed, [request.Settings.Method], imitates: false);
        return request;
    }
}
