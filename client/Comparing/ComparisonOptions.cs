using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Training;
using StepTool.Client.Worlds;
using StepTool.Core.Worlds;

namespace StepTool.Client.Comparing;

/// <summary>The options of <c>compare</c> beside world and connection.</summary>
internal sealed class ComparisonOptions
{
    private const int MostSeeds = 100;
    private static readonly string[] Ablations = ["credit", "rewards"];

    private readonly Option<ImmutableArray<string>> _methods = new("--methods")
    {
        Description = $"Methods, separated by commas: all, or of {string.Join(", ", Contender.Known)} [default: all, or steptool beside --ablate]",
        HelpName = "A,B",
        DefaultValueFactory = _ => [],
        CustomParser = result => Names(result, "--methods", ["all", .. Contender.Known]),
    };

    private readonly Option<ImmutableArray<string>> _ablations = new("--ablate")
    {
        Description = "Beside them, steptool with one thing changed at a time: credit (how rewards become credit), rewards (which parts are paid, and the controls)",
        HelpName = "A,B",
        DefaultValueFactory = _ => [],
        CustomParser = result => Names(result, "--ablate", Ablations),
    };

    private readonly Option<ImmutableArray<int>> _seeds = new("--seeds")
    {
        Description = "Seeds, such as 1-5 or 1,3; from five on, intervals cover seeds too [default: 1-5]",
        HelpName = "A-B",
        CustomParser = Seeds,
    };

    private readonly Option<long?> _turns = Ranged.Optional("--turns", "Environment turns that each method learns from", 1L, 1_000_000_000L);
    private readonly Option<long?> _startTurns = Ranged.Optional("--start-turns", "Turns of demonstrations that the common start learns from", 1L, 1_000_000_000L);
    private readonly Option<int?> _demonstrations = Ranged.Optional("--demonstrations", "Train tasks that a demonstration is given of; 0 for all", 0, 1_000_000);

    private readonly Option<string> _split = new("--split")
    {
        Description = "Tasks that results are measured on: test, or dev while you choose settings",
        HelpName = "NAME",
        DefaultValueFactory = _ => "test",
    };

    private readonly ExperimentOptions _experiment;

    /// <summary>Adds the options to a command.</summary>
    public ComparisonOptions(Command command)
    {
        _split.Among("test", "dev");
        foreach (var option in new Option[] { _methods, _ablations, _seeds, _turns, _startTurns, _demonstrations, _split })
        {
            command.Options.Add(option);
        }

        _experiment = new ExperimentOptions(command, choosesMethod: false);
    }

    /// <summary>The request under the first part of its runs' ids.</summary>
    /// <exception cref="Refusal">A group is unknown, or an option would change nothing.</exception>
    public CompareRequest Request(ParseResult parsed, WorldChoice world, string run)
    {
        var preset = CompareDefaults.Of(world.ShortName);
        var request = new CompareRequest
        {
            Run = run,
            World = world.Reference,
            Floors = [],
            BatchSize = preset.BatchSize,
            Contenders = [],
            Seeds = parsed.GetValue(_seeds) is { IsDefault: false } seeds ? seeds : [1, 2, 3, 4, 5],
            Turns = parsed.GetValue(_turns) ?? preset.Turns,
            StartTurns = parsed.GetValue(_startTurns) ?? preset.StartTurns,
            Demonstrations = parsed.GetValue(_demonstrations) ?? preset.Demonstrations,
            Measured = parsed.GetValue(_split) == "dev" ? Split.Dev : Split.Test,
        };
        request = _experiment.Fill(request, parsed, world, request.Measured);
        request = request with { Settings = request.Settings with { Entropy = request.Settings.Entropy ?? CompareDefaults.Entropy } };
        var ablations = parsed.GetValue(_ablations);
        if (ablations.Contains("rewards") && _experiment.SaysReward(parsed))
        {
            throw Refusal.Usage("--reward is given beside --ablate rewards, which tries every value of it. Leave one of them out.");
        }

        var contenders = Contender.Of(parsed.GetValue(_methods), ablations, request.Settings, request.Rewards);
        _experiment.Check(parsed, [.. contenders.Select(contender => contender.Settings.Method).Distinct()], imitates: true);
        return request with { Contenders = contenders };
    }

    private static ImmutableArray<string> Names(ArgumentResult result, string option, IReadOnlyList<string> known)
    {
        var names = Text(result).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length == 0 || names.FirstOrDefault(name => !known.Contains(name)) is not null)
        {
            result.AddError($"{option} is '{Text(result)}'; it must be names separated by commas, of {string.Join(", ", known)}, such as {option} {known[^1]}.");
        }

        return [.. names.Distinct()];
    }

    private static ImmutableArray<int> Seeds(ArgumentResult result)
    {
        var seeds = new SortedSet<int>();
        foreach (var part in Text(result).Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-').Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
            if (ends.Length > 2 || ends.Any(end => end < 0) || ends[^1] < ends[0] || ends[^1] - ends[0] >= MostSeeds)
            {
                result.AddError($"--seeds is '{Text(result)}'; it must be whole numbers and ranges of at most {MostSeeds}, such as --seeds 1-5 or --seeds 1,3,8.");
                return [];
            }

            seeds.UnionWith(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }

        return [.. seeds];
    }

    private static string Text(ArgumentResult result) => string.Join(",", result.Tokens.Select(token => token.Value));
}
