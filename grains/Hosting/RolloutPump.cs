using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using StepTool.Grains.Tasks;

namespace StepTool.Grains.Hosting;

/// <summary>
/// Takes rollouts off the queue while this silo has free slots and starts their tasks here; wakes active runs after a restart. So joining, draining,
/// bounds and recovery have one mechanism.
/// </summary>
public sealed partial class RolloutPump(
    IGrainFactory grains, EpisodeSlots slots, TimeProvider time, IOptions<GrainsOptions> options, ILogger<RolloutPump> logger) : BackgroundService
{
    private const int MaxTake = 64;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PokeEvery = TimeSpan.FromSeconds(10);
    private int _shard;
    private DateTimeOffset _nextPoke;
    private DateTimeOffset _nextRenewal;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // Episodes stop between two steps; another silo may go on with them at once.
            await ForEachShardAsync(slots.Episodes, (shard, rollouts) => shard.ReleaseAsync(rollouts, cancellationToken));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailure(exception); // leases end by time
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = slots.Changed;
            try
            {
                await MaintainAsync(stoppingToken);
                if (await TakeAsync(stoppingToken) == 0)
                {
                    await WaitAsync(changed, Idle, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailure(exception);
                await Task.Delay(AfterFailure, time, stoppingToken);
            }
        }
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now >= _nextPoke)
        {
            _nextPoke = now + PokeEvery;
            foreach (var run in await grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync(cancellationToken))
            {
                if (run.IsActive)
                {
                    await grains.GetGrain<IRunGrain>(run.Run).PokeAsync(cancellationToken);
                }
            }
        }

        if (now >= _nextRenewal)
        {
            _nextRenewal = now + (options.Value.Lease / 3);
            await ForEachShardAsync(slots.Episodes, (shard, rollouts) => shard.RenewAsync(slots.Silo, rollouts, cancellationToken));
        }
    }

    private async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        var started = 0;
        var shards = options.Value.QueueShards;
        for (var tried = 0; tried < shards && slots.Free > 0; tried++)
        {
            var shard = grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(_shard));
            var rollouts = await shard.TakeAsync(slots.Silo, Math.Min(slots.Free, MaxTake), cancellationToken);
            foreach (var rollout in rollouts)
            {
                slots.Enter(rollout); // the task frees it again when it ends or turns out to run elsewhere
            }

            await Task.WhenAll(rollouts.Select(rollout => StartAsync(rollout, cancellationToken)));
            started += rollouts.Length;
            if (slots.Free > 0)
            {
                _shard = (_shard + 1) % shards;
            }
        }

        return started;
    }

    private async Task StartAsync(EpisodeId rollout, CancellationToken cancellationToken)
    {
        try
        {
            var silo = await grains.GetGrain<ITaskGrain>(rollout.ToString()).RunAsync(cancellationToken);
            if (silo != slots.Silo)
            {
                slots.Exit(rollout);
            }
        }
        catch (Exception exception)
        {
            slots.Exit(rollout);
            LogStart(exception, rollout);
        }
    }

    private async Task ForEachShardAsync(ICollection<EpisodeId> rollouts, Func<IRolloutQueueGrain, ImmutableArray<EpisodeId>, Task> act)
    {
        foreach (var group in rollouts.GroupBy(rollout => QueueShards.Of(rollout, options.Value.QueueShards)))
        {
            await act(grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(group.Key)), [.. group]);
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan most, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(most, time, timer.Token));
        await timer.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking rollouts failed and is tried again.")]
    private partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rollout {Rollout} could not be started and is offered again when its lease ends.")]
    private partial void LogStart(Exception exception, EpisodeId rollout);
}
