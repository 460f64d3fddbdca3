using System.Collections.Immutable;
using System.Globalization;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>How a recorded world is laid out from its archive. Equal options and archives give equal worlds.</summary>
public sealed record RecordedWorldOptions
{
    private const int MostDistractors = 200;
    private const int Layout = 1; // goes up when equal options come to lay out a world differently

    /// <summary>World seed: fixes offered APIs, their order and the split; default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Least number of APIs offered beside the query's own, 0 to 200; whole tools are drawn, so a few more may come. Default 10.</summary>
    public int Distractors { get; init; } = 10;

    /// <summary>Groups that may be trained and tuned on; empty (default) for all.</summary>
    public ImmutableArray<string> TrainGroups { get; init; } = [];

    /// <summary>Groups that may be tested on; empty (default) for all.</summary>
    public ImmutableArray<string> TestGroups { get; init; } = [];

    internal void Validate(IReadOnlyCollection<string> groups)
    {
        if (Distractors is < 0 or > MostDistractors)
        {
            throw new ArgumentException($"distractors is {Distractors}; it must be between 0 and {MostDistractors}. The default is 10.");
        }

        Check("train-groups", TrainGroups, groups);
        Check("test-groups", TestGroups, groups);
    }

    /// <summary>All options as one text, for the world's id.</summary>
    internal string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"layout={Layout};seed={Seed};distractors={Distractors};train={string.Join(',', TrainGroups.Order())};test={string.Join(',', TestGroups.Order())}");

    private static void Check(string key, ImmutableArray<string> wanted, IReadOnlyCollection<string> groups)
    {
        if (wanted.Except(groups).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"{key} names '{unknown}', which this world does not have. Its groups are {string.Join(", ", groups.Order())}.");
        }
    }
}
