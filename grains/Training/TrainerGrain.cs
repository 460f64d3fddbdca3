using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Features;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Engines;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.State;
using StepTool.Grains.Tasks;
using StepTool.Grains.Worlds;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Optimisers;

namespace StepTool.Grains.Training;

/// <summary>
/// Takes batches from the log, updates on a thread of its own, publishes. Publishing is the commit: whatever stops it before, the ordinals are still in the log and
/// the newest published version is where it goes on. It runs on a silo with a GPU where there is one, and moves there between two updates when one joins.
/// </summary>
[GrainType("trainer"), PreferLabelledSilo(SiloLabels.Gpu, SiloLabels.Yes)]
internal sealed partial class TrainerGrain(
    [PersistentState("trainer", StateStore.Name)] IPersistentState<TrainerState> state,
    IWorldCatalogue worlds,
    IBlobStore blobs,
    FeatureExtractor features,
    LearnerHost host,
    LearnerThread thread,
    EpisodeSlots slots,
    ISiloView silos,
    TimeProvider time,
    IOptions<GrainsOptions> options,
    IHostApplicationLifetime lifetime,
    DamageLog damages,
    ILogger<TrainerGrain> logger) : Grain, ITrainerGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly SharedWrite _write = new(() => state.WriteStateAsync(), time);
    private CancellationTokenSource _stop = new();
    private IGrainTimer? _timer;
    private PolicyHead? _head;
    private (string Weights, LearnerState State)? _learner; // what the version that was made last, of those weights, is continued from; any other is read from the store
    private string _failure = "";
    private string? _damage;
    private bool _hasSaidWhere;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = new TrainerState();
        }

        return PokeAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stop.Cancel();
        if (state.State.Order is not null && _failure.Length == 0 && silos.HasSuccessor(slots.Silo, reason))
        {
            _ = GrainFactory.GetGrain<ITrainerGrain>(this.GetPrimaryKeyString()).PokeAsync(CancellationToken.None); // waits for the next activation
        }
    }

    public async Task<PolicyHead> PrepareAsync(TrainingSettings settings, string? start, string run, CancellationToken cancellationToken)
    {
        var policy = Policy();
        _ = TrainingMethods.Create(settings.Method);
        _head = await policy.HeadAsync(cancellationToken);
        if (_head is not null)
        {
            await CheckAsync(_head, settings, cancellationToken);

            // Published again, it comes after what a stopped run may still be publishing, of which its readers know nothing.
            _head = await policy.PublishAsync(_head.Latest, cancellationToken);
            return _head;
        }

        var (origin, weights) = start is null ? ("", null) : await WeightsAsync(start, cancellationToken);
        var created = weights is null ? host.Create(settings) : LearnerHost.Continue(settings, weights);
        var first = await blobs.PutAsync(this.GetPrimaryKeyString(), created, 0, run, OrdinalSet.Empty, settings, cancellationToken);
        _head = await policy.PublishAsync(first with { Origin = origin }, cancellationToken);
        return _head;
    }

    public async Task<long> TrainAsync(TrainingOrder order, CancellationToken cancellationToken)
    {
        var head = _head ??= await Policy().HeadAsync(cancellationToken) ?? throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' was never prepared.");
        if (state.State.Order is { } open && open.Run != order.Run && !open.IsDoneBy(head.Latest))
        {
            throw new ArgumentException(
                $"Policy '{this.GetPrimaryKeyString()}' is being trained by run '{open.Run}'. Wait for that run, cancel it with 'steptool runs cancel {open.Run}', or train under another name.");
        }

        _failure = "";
        if (state.State.Order != order)
        {
            // Ordinals of a run that was stopped may still come in, late; they are not this order's.
            var first = Math.Max(state.State.Reserved, head.Consumed.End);
            var episodes = (long)Math.Max(0, order.UntilVersion - head.Latest.Version) * order.BatchSize;
            state.State = new TrainerState { Order = order, First = first, Reserved = first + episodes };
            await _write.SaveAsync();
        }
        else
        {
            await _write.StoredAsync();
        }

        await Log().TrimAsync(OrdinalSet.Empty.AddRange(0, state.State.First), cancellationToken); // what stopped runs have left there is never learnt
        await PokeAsync(cancellationToken);
        return state.State.First;
    }

    public Task PokeAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsAtWork && state.State.Order is not null && _timer is null && _failure.Length == 0)
        {
            _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    public Task<TrainerStatus> StatusAsync(CancellationToken cancellationToken) => _damage is not null
        ? throw StorageException.OfDamage(_damage)
        : Task.FromResult(new TrainerStatus(state.State.Order is not null, _head?.Latest.Version ?? -1, _failure, slots.Silo, WithGpu().Contains(slots.Silo)));

    public async Task<TrainerLoad?> LoadAsync(CancellationToken cancellationToken) => state.State.Order is null
        ? null
        : new TrainerLoad(this.GetPrimaryKeyString(), await Log().CountAsync(state.State.First, cancellationToken), slots.Silo, WithGpu().Contains(slots.Silo));

    public async Task StopAsync(string run, CancellationToken cancellationToken)
    {
        if (state.State.Order is { } order && order.Run != run)
        {
            return;
        }

        _stop.Cancel();
        _stop = new CancellationTokenSource();
        await CloseAsync();
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var next = Tick;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping, _stop.Token);
        try
        {
            if (!stop.IsCancellationRequested && state.State.Order is { } order && IsInItsPlace())
            {
                await AdvanceAsync(order, stop.Token);
            }

            _damage = null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was being published is so or is not; if not, the same ordinals are taken again when training goes on.
        }
        catch (Exception exception) when (exception is NonFiniteTensorException or RunawayKlException or ArgumentException or EmptyBatchException or PolicyFormatException)
        {
            _failure = exception.Message;
            LogStopped(exception, this.GetPrimaryKeyString());
        }
        catch (InconsistentStateException exception)
        {
            LogRetry(exception, this.GetPrimaryKeyString());
            DeactivateOnIdle(); // another activation wrote; the next one reads afresh
            next = Timeout.InfiniteTimeSpan;
        }
        catch (Exception exception)
        {
            _damage = StorageException.Damage(exception);
            if (!damages.Tells(exception))
            {
                LogRetry(exception, this.GetPrimaryKeyString());
            }

            _head = null; // whether the update was published is not known
            next = AfterFailure;
        }

        if (state.State.Order is null || _failure.Length > 0 || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else
        {
            _timer?.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether to train here. When a silo with a GPU has joined since, the activation ends and the next one is placed there.</summary>
    private bool IsInItsPlace()
    {
        var (policy, withGpu) = (this.GetPrimaryKeyString(), WithGpu());
        if (!withGpu.IsEmpty && !withGpu.Contains(slots.Silo))
        {
            LogMove(policy, slots.Silo);
            DeactivateOnIdle();
            return false;
        }

        if (withGpu.IsEmpty && !_hasSaidWhere)
        {
            _hasSaidWhere = true;
            LogNoGpu(policy, slots.Silo);
        }

        return true;
    }

    private ImmutableArray<string> WithGpu() => silos.Labelled(SiloLabels.Gpu, SiloLabels.Yes);

    /// <summary>At most one update.</summary>
    private async Task AdvanceAsync(TrainingOrder order, CancellationToken cancellationToken)
    {
        _head ??= await Policy().HeadAsync(cancellationToken);
        var head = _head ?? throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' was never prepared.");
        if (order.IsDoneBy(head.Latest))
        {
            await CloseAsync();
            return;
        }

        var log = Log();
        var past = head.Consumed.AddRange(0, state.State.First);
        var entries = (await log.EntriesAsync(cancellationToken)).Where(entry => !past.Contains(entry.Ordinal)).ToDictionary(entry => entry.Ordinal);
        var batch = BatchSelector.Next([.. entries.Keys.Order()], past, order.BatchSize, order.Deterministic);
        if (batch.IsEmpty)
        {
            return;
        }

        var update = await UpdateAsync(order, head, [.. batch.Select(ordinal => entries[ordinal])], cancellationToken);
        var published = await Policy().PublishAsync(update, cancellationToken);
        _head = published;
        slots.Announce();
        await log.TrimAsync(past.Union(published.Consumed), cancellationToken);
        if (order.KeptVersions > 0)
        {
            await Policy().RetainAsync(order.KeptVersions, cancellationToken);
        }
    }

    private Task CloseAsync()
    {
        _learner = null;
        if (state.State.Order is null)
        {
            return _write.StoredAsync();
        }

        state.State = state.State with { Order = null };
        return _write.SaveAsync();
    }

    private ITransitionLogGrain Log() => GrainFactory.GetGrain<ITransitionLogGrain>(this.GetPrimaryKeyString());

    private IPolicyGrain Policy() => GrainFactory.GetGrain<IPolicyGrain>(this.GetPrimaryKeyString());

    [LoggerMessage(Level = LogLevel.Information, Message = "Training of {Policy} runs on {Silo}: no silo is labelled gpu=true. Label those with a GPU by StepTool__Labels__gpu=true; training moves there.")]
    private partial void LogNoGpu(string policy, string silo);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training of {Policy} leaves {Silo} for a silo labelled gpu=true.")]
    private partial void LogMove(string policy, string silo);

    [LoggerMessage(Level = LogLevel.Error, Message = "Training of {Policy} stopped; its last published version stays.")]
    private partial void LogStopped(Exception exception, string policy);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Training of {Policy}: an update failed and is tried again.")]
    private partial void LogRetry(Exception exception, string policy);
}
