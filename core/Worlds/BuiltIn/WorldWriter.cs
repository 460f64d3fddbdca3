using System.Globalization;
using StepTool.Core.Chance;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Writes a whole world: suites, split, then the tasks of each suite.</summary>
internal static class WorldWriter
{
    private const int TasksPerSuite = 10;
    private const int Depths = Suite.Links;
    private const double TrainShare = 0.60;
    private const double TrainAndDevShare = 0.75;

    internal static BuiltInWorld Write(BuiltInWorldOptions options)
    {
        var suites = Suites(options);
        var catalogue = new Catalogue(options);
        var (ledger, identifiers) = (new Ledger(), new Identifiers(options.Seed));
        var answers = new Answers(identifiers, ledger, options);
        var writer = new TaskWriter(options, catalogue, ledger, identifiers, answers);
        var tasks = new List<GeneratedTask>(options.Tasks);
        var left = options.Tasks;
        foreach (var split in new[] { Split.Train, Split.Dev, Split.Test })
        {
            var sameSplit = suites.Where(suite => suite.Split == split).ToArray();
            var count = split == Split.Test ? left : sameSplit.Length * TasksPerSuite;
            left -= count;
            var sorts = Deal(count, options, split);
            for (var index = 0; index < count; index++)
            {
                var suite = sameSplit[index % sameSplit.Length];
                var id = string.Create(CultureInfo.InvariantCulture, $"{suite.Name}-{index / sameSplit.Length:D2}");
                tasks.Add(writer.Write(id, suite, sorts[index].Depth, sorts[index].Kind, sameSplit));
            }
        }

        // Any prefix of the tasks is a fair sample of them.
        return new BuiltInWorld(options, [.. tasks.OrderBy(task => StableHash.Of(task.Task.Id, options.Seed))], catalogue.All, answers);
    }

    // Cut by rank of hash, so that the shares are exact whatever the seed.
    private static Suite[] Suites(BuiltInWorldOptions options)
    {
        var (count, toolNames) = (options.Tasks / TasksPerSuite, new HashSet<string>(StringComparer.Ordinal));
        var (known, unknown) = (new Lexicon(options.Seed, isTestSide: false), new Lexicon(options.Seed, isTestSide: true));
        var order = Enumerable.Range(0, count).OrderBy(ordinal => StableHash.Combine(options.Seed, (ulong)ordinal)).ToArray();
        return [.. order.Select((ordinal, rank) =>
        {
            var split = rank < (int)(count * TrainShare) ? Split.Train : rank < (int)(count * TrainAndDevShare) ? Split.Dev : Split.Test;
            return new Suite(ordinal, split, split == Split.Test ? unknown : known, options.Seed, toolNames);
        })];
    }

    // Depths in equal shares and, within each depth, kinds in the shares asked for: by largest remainder, then shuffled.
    private static (int Depth, TaskKind Kind)[] Deal(int count, BuiltInWorldOptions options, Split split)
    {
        double[] shares = [0, options.RetriableShare, options.PermanentShare, options.BaitShare, options.ProbeShare];
        shares[0] = 1 - shares.Sum();
        var dealt = new int[Depths, shares.Length];
        var sorts = new (int Depth, TaskKind Kind)[count];
        for (var index = 0; index < count; index++)
        {
            var (depth, turn) = (index % Depths, (index / Depths) + 1);
            var kind = Enumerable.Range(0, shares.Length).MaxBy(kind => (shares[kind] * turn) - dealt[depth, kind]);
            dealt[depth, kind]++;
            sorts[index] = (depth + 1, (TaskKind)kind);
        }

        new SeededRandom(StableHash.Combine(options.Seed, 0xDEA1 + (ulong)split)).Shuffle(sorts.AsSpan());
        return sorts;
    }
}
