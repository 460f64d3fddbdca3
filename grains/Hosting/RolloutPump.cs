using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using StepTool.Grains.Tasks;

namespace StepTool.Grains.Hosting;

/// <summary>
/// Takes rollouts off the queue while this silo has free slots and starts their tasks here; wakes active runs after a restart and whenever the cluster has
/// changed; tells the cluster how busy this silo is. So joining, draining, bounds and recovery have one mechanism.
/// </summary>
public sealed partial class RolloutPump(
    IGrainFactory grains,
    EpisodeSlots slots,
    ISiloView silos,
    TimeProvider time,
    IOptions<GrainsOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<RolloutPump> logger) : BackgroundService
{
    private const int MaxTake = 64;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PokeEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);
    private int _shard;
    private DateTimeOffset _nextPoke;
    private DateTimeOffset _nextRenewal;
    private DateTimeOffset _nextReport;
    private Task _report = Task.CompletedTask;
    private long _poked;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A silo that is about to leave takes nothing more; what runs here each task gives back when it stops.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            while (true)
            {
                await TurnAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var changed = slots.Changed;
        try
        {
            await MaintainAsync(cancellationToken);
            if (!await TakeAsync(cancellationToken))
            {
                await WaitAsync(changed, cancellationToken);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailure(exception);
            await Task.Delay(AfterFailure, time, cancellationToken);
        }
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var version = silos.Version;
        if (now >= _nextReport && _report.IsCompleted)
        {
            (_nextReport, _report) = (now + ReportEvery, ReportAsync(cancellationToken));
        }

        if (now >= _nextPoke || version != _poked)
        {
            foreach (var run in await grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync(cancellationToken))
            {
                if (run.IsActive)
                {
                    await grains.GetGrain<IRunGrain>(run.Run).PokeAsync(cancellationToken);
                }
            }

            (_nextPoke, _poked) = (now + PokeEvery, version);
        }

        if (now >= _nextRenewal)
        {
            foreach (var held in slots.Episodes.GroupBy(rollout => QueueShards.Of(rollout, options.Value.QueueShards)))
            {
                await Shard(held.Key).RenewAsync(slots.Silo, [.. held], cancellationToken);
            }

            _nextRenewal = now + (options.Value.Lease / 3);
        }
    }

    /// <summary>One round over the shards. True when one of them gave all that was asked for, and so may have more.</summary>
    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var hasMore = false;
        var shards = options.Value.QueueShards;
        for (var tried = 0; tried < shards && slots.Free > 0; tried++)
        {
            var asked = Math.Min(slots.Free, MaxTake);
            var rollouts = await Shard(_shard).TakeAsync(slots.Silo, asked, cancellationToken);
            foreach (var rollout in rollouts)
            {
                slots.Enter(rollout); // the task frees it again when it ends or turns out to run elsewhere
                _ = StartAsync(rollout, cancellationToken);
            }

            hasMore |= rollouts.Length == asked;
            if (slots.Free > 0)
            {
                _shard = (_shard + 1) % shards;
            }
        }

        return hasMore;
    }

    // Not waited for: one task that is slow to start, such as one last seen on a silo that has just died, must not hold up the others.
    private async Task StartAsync(EpisodeId rollout, CancellationToken cancellationToken)
    {
        var silo = "";
        try
        {
            silo = await grains.GetGrain<ITaskGrain>(rollout.ToString()).RunAsync(cancellationToken);
            if (silo == slots.Silo)
            {
                return;
            }
        }
        catch (Exception exception)
        {
            LogStart(exception, rollout);
        }

        try
        {
            if (silo.Length == 0)
            {
                await Task.Delay(AfterFailure, time, cancellationToken);
            }

            slots.Exit(rollout);
            await Shard(QueueShards.Of(rollout, options.Value.QueueShards)).ReleaseAsync(slots.Silo, rollout, silo, cancellationToken);
        }
        catch (Exception exception)
        {
            slots.Exit(rollout);
            LogRelease(exception, rollout);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IClusterLoadGrain>(IClusterLoadGrain.Key).ReportAsync(new SiloLoad(slots.Silo, slots.Held, slots.Capacity), cancellationToken);
        }
        catch (Exception exception)
        {
            LogReport(exception);
        }
    }

    private IRolloutQueueGrain Shard(int shard) => grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(shard));

    private async Task WaitAsync(Task changed, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(Idle, time, timer.Token));
        await timer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking rollouts failed and is tried again.")]
    private partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rollout {Rollout} could not be started and is offered again.")]
    private partial void LogStart(Exception exception, EpisodeId rollout);

    [LoggerMessage(Level = LogLevel.Debug, Message = "This silo's load could not be reported; it is reported again in a second.")]
    private partial void LogReport(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The lease of rollout {Rollout} could not be given back and ends by time.")]
    private partial void LogRelease(Exception exception, EpisodeId rollout);
}
