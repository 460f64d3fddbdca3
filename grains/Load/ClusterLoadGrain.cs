using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;

namespace StepTool.Grains.Load;

/// <summary>Keeps the last report of each silo in memory, and asks queue and trainers at most once a second, whoever wants to know.</summary>
[GrainType("cluster-load")]
internal sealed class ClusterLoadGrain(ISiloView silos, TimeProvider time, IOptions<GrainsOptions> options) : Grain, IClusterLoadGrain
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(10);
    private readonly SteadyTime _time = new(time);
    private readonly Dictionary<string, (SiloLoad Load, DateTimeOffset At)> _reports = [];
    private Task<ClusterLoad>? _last;
    private DateTimeOffset _lastAt;

    public Task ReportAsync(SiloLoad load, CancellationToken cancellationToken)
    {
        _reports[load.Silo] = (load, _time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<ClusterLoad> ReadAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (_last is null || _last.IsFaulted || (_last.IsCompleted && now - _lastAt >= Fresh))
        {
            (_last, _lastAt) = (CollectAsync(now), now);
        }

        return _last;
    }

    // Others wait for it too, so that no one caller's token stops it.
    private async Task<ClusterLoad> CollectAsync(DateTimeOffset now)
    {
        foreach (var (silo, report) in _reports)
        {
            if (silos.HasLeft(silo) || now - report.At >= Silent)
            {
                _reports.Remove(silo);
            }
        }

        var depths = await Task.WhenAll(Enumerable.Range(0, options.Value.QueueShards).Select(shard => ReadableAsync(GrainFactory.GetGrain<IRolloutQueueGrain>(QueueShards.Key(shard)).DepthAsync(), new QueueDepth(0, 0))));
        var active = (await GrainFactory.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync()).Where(run => run.IsActive).ToArray();
        var trainers = await Task.WhenAll(active.SelectMany(run => run.Policies).Distinct().Order(StringComparer.Ordinal).Select(policy => ReadableAsync(GrainFactory.GetGrain<ITrainerGrain>(policy).LoadAsync(), null)));
        var queue = new QueueDepth(depths.Sum(depth => depth.Waiting), depths.Sum(depth => depth.Leased));
        ImmutableArray<TrainerLoad> atWork = [.. trainers.OfType<TrainerLoad>()];
        return new ClusterLoad(
            queue,
            [.. _reports.Values.Select(report => report.Load).OrderBy(load => load.Silo, StringComparer.Ordinal)],
            atWork,
            new WantedSilos(Math.Max(active.Length > 0 ? 1 : 0, Silos(queue.Waiting + queue.Leased)), atWork.Length));
    }

    // A grain whose record is damaged does no work; what the others do can be told all the same.
    private static async Task<T> ReadableAsync<T>(Task<T> call, T otherwise)
    {
        try
        {
            return await call;
        }
        catch (Exception exception) when (StorageException.IsDamage(exception))
        {
            return otherwise;
        }
    }

    private int Silos(int rollouts)
    {
        var capacity = _reports.Values.Select(report => report.Load.Capacity).DefaultIfEmpty(options.Value.MaxEpisodes).Max();
        return (rollouts + capacity - 1) / capacity;
    }
}
