using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using StepTool.Grains.Tasks;

namespace StepTool.Grains.Hosting;

/// <summary>
/// Takes rollouts off the queue while this silo has free slots and starts their tasks here; wakes active runs after a restart and whenever the cluster has
/// changed; tells the cluster how busy this silo is. So joining, draining, bounds and recovery have one mechanism.
/// </summary>
internal sealed partial class RolloutPump(
    IGrainFactory grains,
    EpisodeSlots slots,
    EpisodeArchive archive,
    ISiloView silos,
    TimeProvider time,
    IOptions<GrainsOptions> options,
    IHostApplicationLifetime lifetime,
    DamageLog damages,
    ILogger<RolloutPump> logger) : BackgroundService
{
    private const int MaxTake = 64;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PokeEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);
    private readonly SteadyTime _steady = new(time);
    private readonly Setbacks _setbacks = new(time);
    private int _shard;
    private DateTimeOffset _nextPoke;
    private DateTimeOffset _nextRenewal;
    private DateTimeOffset _nextReport;
    private Task _report = Task.CompletedTask;
    private long _poked;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PumpAsync(stoppingToken);

    /// <summary>What it does until it is stopped, on the scheduler of whoever calls.</summary>
    internal async Task PumpAsync(CancellationToken stoppingToken)
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
        var now = _steady.GetUtcNow();
        var version = silos.Version;
        if (now >= _nextReport && _report.IsCompleted)
        {
            (_nextReport, _report) = (now + ReportEvery, ReportAsync(cancellationToken));
        }

        if (now >= _nextPoke || version != _poked)
        {
            (_nextPoke, _poked) = (now + (await PokeAsync(cancellationToken) ? PokeEvery : AfterFailure), version);
        }

        if (now >= _nextRenewal)
        {
            foreach (var held in slots.Episodes.GroupBy(rollout => QueueShards.Of(rollout, options.Value.QueueShards)))
            {
                await _setbacks.TryAsync(NameOf(held.Key), () => Shard(held.Key).RenewAsync(slots.Silo, [.. held], cancellationToken), TellSetback);
            }

            _nextRenewal = now + (options.Value.Lease / 3);
        }
    }

    /// <summary>Wakes the active runs, each for itself. False when one could not be woken.</summary>
    private async Task<bool> PokeAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<RunEntry> runs = [];
        var isDone = await _setbacks.TryAsync("the index of runs", async () => runs = await grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync(cancellationToken), TellSetback);
        foreach (var run in runs.Where(run => run.IsActive))
        {
            isDone &= await _setbacks.TryAsync($"run {run.Run}", () => grains.GetGrain<IRunGrain>(run.Run).PokeAsync(cancellationToken), TellSetback);
        }

        return isDone;
    }

    /// <summary>One round over the shards. True when one of them gave all that was asked for, and so may have more.</summary>
    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var hasMore = false;
        var shards = options.Value.QueueShards;
        for (var tried = 0; tried < shards && slots.Free > 0; tried++)
        {
            var asked = Math.Min(slots.Free, MaxTake);
            ImmutableArray<EpisodeId> rollouts = [];
            await _setbacks.TryAsync(NameOf(_shard), async () => rollouts = await Shard(_shard).TakeAsync(slots.Silo, asked, cancellationToken), TellSetback);
            foreach (var rollout in rollouts)
            {
                slots.Enter(rollout); // the task frees it again when it ends or turns out to run elsewhere
                _ = StartAsync(rollout, cancellationToken);
            }

            hasMore |= rollouts.Length == asked;
            if (slots.Free > 0 || rollouts.IsEmpty)
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
        catch (Exception exception) when (StorageException.IsDamage(exception))
        {
            await SetAsideAsync(rollout, exception, cancellationToken);
            return;
        }
        catch (Exception exception)
        {
            Tell(exception, rollout, cancellationToken);
        }

        await GiveBackAsync(rollout, silo, cancellationToken);
    }

    // What is stored of it cannot be read, so that no silo can play it: its run hears of it, and the record stays for whoever looks into it.
    private async Task SetAsideAsync(EpisodeId rollout, Exception damage, CancellationToken cancellationToken)
    {
        try
        {
            LogDamage(rollout, damage.Message);
            await archive.SetAsideAsync(rollout, damage.Message, cancellationToken);
            slots.Exit(rollout);
        }
        catch (Exception exception)
        {
            Tell(exception, rollout, cancellationToken);
            await GiveBackAsync(rollout, "", cancellationToken);
        }
    }

    private void TellSetback(Exception exception, string grain)
    {
        if (!damages.Tells(exception))
        {
            LogSetback(exception, grain);
        }
    }

    // A silo that leaves breaks off what it has begun: nothing failed.
    private void Tell(Exception exception, EpisodeId rollout, CancellationToken cancellationToken)
    {
        if (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogStart(exception, rollout);
        }
    }

    private async Task GiveBackAsync(EpisodeId rollout, string silo, CancellationToken cancellationToken)
    {
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

    private static string NameOf(int shard) => $"shard {shard} of the queue";

    private IRolloutQueueGrain Shard(int shard) => grains.GetGrain<IRolloutQueueGrain>(QueueShards.Key(shard));

    private async Task WaitAsync(Task changed, CancellationToken cancellationToken)
    {
        await changed.WaitAsync(Idle, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking rollouts failed and is tried again.")]
    private partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls of {Grain} fail; they are tried again until they do not, and all else goes on.")]
    private partial void LogSetback(Exception exception, string grain);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rollout {Rollout} ends by a storage fault, since its record cannot be read: {Reason}")]
    private partial void LogDamage(EpisodeId rollout, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rollout {Rollout} could not be started and is offered again.")]
    private partial void LogStart(Exception exception, EpisodeId rollout);

    [LoggerMessage(Level = LogLevel.Debug, Message = "This silo's load could not be reported; it is reported again in a second.")]
    private partial void LogReport(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The lease of rollout {Rollout} could not be given back and ends by time.")]
    private partial void LogRelease(Exception exception, EpisodeId rollout);
}
