using System.Collections.Immutable;
using StepTool.Bench.Servers;
using StepTool.Silo.Hosting;

namespace StepTool.Bench;

/// <summary>What durability costs: whole episodes, every step saved before the next, over each kind of storage in turn, so that what else the machine does meets all alike.</summary>
internal static class DurabilitySuite
{
    private const int Rounds = 3;
    private const int LocalTasks = 2000;
    private const int AzuriteTasks = 200;

    /// <summary>Measures steps per second, and their ratio to memory in the same round.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        using var azurite = await Azurite.StartAsync();
        var rounds = options.Number("rounds", Rounds);
        var rates = new Dictionary<StorageKind, List<double>>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var storage in (StorageKind[])[StorageKind.Memory, StorageKind.Sqlite, StorageKind.Azure])
            {
                var rate = await EpisodeSteps.RunAsync(
                    storage, storage is StorageKind.Azure ? AzuriteTasks : LocalTasks, silo => silo.Azure = new() { ConnectionString = azurite.Connection, Container = $"round-{round}" });
                (rates.TryGetValue(storage, out var known) ? known : rates[storage] = []).Add(rate);
            }
        }

        return new Measured(
            [
                .. rates.Select(rate => Figure.Of($"steps per second, {Name(rate.Key)}", rate.Value, Goal(rate.Key))),
                Share(StorageKind.Sqlite), Share(StorageKind.Azure),
            ],
            rates.ToImmutableSortedDictionary(rate => Name(rate.Key), rate => rate.Value));

        Figure Share(StorageKind storage) =>
            Figure.Of($"{Name(storage)}, share of memory's rate in the same round", rates[storage].Zip(rates[StorageKind.Memory], (rate, memory) => rate / memory));
    }

    private static string Goal(StorageKind storage) => storage switch
    {
        StorageKind.Memory => "> 20,000",
        StorageKind.Sqlite => "> 3,000",
        _ => "",
    };

    private static string Name(StorageKind storage) => storage is StorageKind.Azure ? "Azurite" : storage.ToString().ToLowerInvariant();
}
