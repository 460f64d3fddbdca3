using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.State;
using StepTool.Grains.Tools;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Tasks;

/// <summary>Host of <see cref="EpisodeEngine"/>: one bounded step a timer tick, saved before the next, so that it can stop and resume between any two.</summary>
[GrainType("task"), PreferLocalPlacement]
internal sealed partial class TaskGrain(
    [PersistentState("task", StateStore.Name)] IPersistentState<TaskState> state,
    IWorldCatalogue worlds,
    IPolicySource policies,
    IToolCaller tools,
    ToolClient client,
    IOptions<ToolsOptions> options,
    EpisodeArchive archive,
    EpisodeSlots slots,
    ISiloView silos,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    DamageLog damages,
    ILogger<TaskGrain> logger) : Grain, ITaskGrain
{
    private const int ToldAfter = 3;
    private static readonly TimeSpan Done = Timeout.InfiniteTimeSpan;
    private readonly RetryBudget _retries = new();
    private EpisodeId _id;
    private IGrainTimer? _timer;
    private RolloutSpec? _spec;
    private IWorld? _world;
    private PinnedPolicy? _policy;
    private Episode? _episode;
    private (ToolRequest Request, ToolReply Reply)? _received;
    private bool _mayBeSent;
    private string? _unsent;
    private int? _intended;
    private long? _calledElsewhere;
    private bool _isOpen;
    private bool _isCancelled;
    private bool _isDeferred;
    private bool _isArchived;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = EpisodeId.Parse(this.GetPrimaryKeyString());
        if (state.RecordExists)
        {
            _episode = state.State.Episode;
            _mayBeSent = _episode.Pending is not null;
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        slots.Exit(_id);
        slots.Unhinder(_id);
        if (!_isOpen)
        {
            return;
        }

        try
        {
            await KeepAnswerAsync(cancellationToken);
            await WithdrawAsync(cancellationToken);
            await archive.ReleaseAsync(slots.Silo, _id, cancellationToken); // another silo goes on at once
        }
        catch (Exception exception)
        {
            LogRelease(exception, _id);
        }
    }

    public Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (_timer is null && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            DeactivateOnIdle();
            return Task.FromResult("");
        }

        if (_timer is null)
        {
            slots.Enter(_id);
            _isOpen = true;
            _timer = this.RegisterGrainTimer(StepAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }

        if (_isDeferred)
        {
            slots.Exit(_id); // whoever offers it again need not hold a slot while it waits
        }

        return Task.FromResult(slots.Silo);
    }

    public Task<Episode?> EpisodeAsync(CancellationToken cancellationToken) => Task.FromResult(_episode);

    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        _isCancelled = true;
        _timer?.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan); // it may be waiting for a tool
        await RunAsync(cancellationToken);
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var next = Done;
        slots.Enter(_id);
        _isDeferred = false;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            next = stop.IsCancellationRequested && _received is null ? Done : await AdvanceAsync(stop.Token); // what a call has answered is stored even as the silo leaves
            _retries.Reset();
            slots.Unhinder(_id);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The step was not saved; whoever resumes decides it again, the same way.
        }
        catch (Exception exception)
        {
            // Storage, another grain or a boundary failed: nothing is lost, the same step is tried again later.
            next = _retries.Next();
            var isDamage = damages.Tells(exception);
            if (isDamage || _retries.InARow >= ToldAfter)
            {
                slots.Hinder(_id, exception.Message); // so that its run says why it stands still
            }

            if (isDamage)
            {
                // Its run, its policy or their logs cannot be read: until somebody mends that, it waits without a slot.
                next = RetryBudget.AfterDamage;
                _isDeferred = true;
                slots.Exit(_id);
            }
            else
            {
                LogRetry(_id, next.TotalSeconds, exception.Message, exception);
            }

            await ReloadAsync(exception);
        }

        if (next == Done)
        {
            _timer?.Dispose();
            _timer = null;
            slots.Exit(_id);
            DeactivateOnIdle();
        }
        else
        {
            _timer?.Change(_isCancelled && _isDeferred ? TimeSpan.Zero : next, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One bounded step. Returns when to take the next, or <see cref="Done"/>.</summary>
    private async Task<TimeSpan> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (_isArchived)
        {
            return await EndAsync(cancellationToken);
        }

        if (!await PrepareAsync(cancellationToken))
        {
            return await EndAsync(cancellationToken);
        }

        if (IsCalledElsewhere())
        {
            await ReloadAsync();
            return WhileItLeaves;
        }

        if (IsCancelled && Replied is null) // a reply at hand is stored first
        {
            _episode = EpisodeEngine.Cancel(_episode!, _mayBeSent);
        }

        if (!_episode!.HasEnded)
        {
            var delay = await TakeTurnAsync(cancellationToken);
            if (!_episode.HasEnded)
            {
                return delay;
            }
        }

        var (closed, judgement) = EpisodeArchive.Close(_episode, _spec!, _world!, _retries);
        if (_spec!.TrainingOrdinal >= 0)
        {
            await SaveAsync(closed); // after a restart it might end otherwise than the log has it: by another version, a fault that is over or one that has come
        }

        await archive.CompleteAsync(closed, judgement, _spec, Version, _world!, cancellationToken);
        _isArchived = true;
        return await EndAsync(cancellationToken);
    }

    /// <summary>Makes sure of rollout, world, policy and episode. False when the run does not want this rollout any more.</summary>
    private async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        _spec ??= await Run.RolloutAsync(_id.Ordinal, cancellationToken) ?? (state.RecordExists ? await Run.AbandonedAsync(_id.Ordinal, cancellationToken) : null);
        if (_spec is null || (_spec.IsAbandoned && (Stored is null || Contradiction() is not null)))
        {
            return false;
        }

        _world ??= await worlds.GetAsync(_spec.World, cancellationToken);
        if (Contradiction() is { } contradiction)
        {
            if (!await Run.IsAtWorkAsync(_id.Ordinal, Resumed, cancellationToken))
            {
                _spec = null;
                return await PrepareAsync(cancellationToken);
            }

            var fault = new EpisodeFault(FaultBoundary.Storage, $"Rollout {_id} is not played: {contradiction}. The record of run '{_id.Run}' is older than its tasks'; queue the task anew.");
            (_episode, _mayBeSent) = (EpisodeEngine.Fail(_spec.Begin(), fault), false);
        }
        else if (_episode is null || (state.RecordExists && state.State.Resumed != Resumed))
        {
            (_episode, _mayBeSent) = (await BeginAsync(_spec, cancellationToken), false);
        }

        // Nothing is decided behind a call that may have been sent, so that no policy's fault may stand in place of its unknown outcome.
        if (_policy is null && !IsCancelled && _episode is { HasEnded: false, Pending: null })
        {
            var reference = Stored?.Version is { } version ? new PolicyReference(_spec.Policy.Name, PolicyPin.Version, version) : _spec.Policy;
            try
            {
                _policy = await policies.GetAsync(reference, cancellationToken);
            }
            catch (PolicyException exception) when (_retries.IsSpentBy(FaultBoundary.Policy))
            {
                _episode = EpisodeEngine.Fail(_episode, new EpisodeFault(FaultBoundary.Policy, exception.Message));
            }
        }

        return true;
    }

    private bool IsCancelled => _isCancelled || _spec!.IsCancelled;

    private IRunGrain Run => GrainFactory.GetGrain<IRunGrain>(_id.Run);

    private async Task<TimeSpan> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var episode = _episode!;
        if (episode.Pending is null)
        {
            try
            {
                var policy = _spec!.Demonstration is { } demonstration ? _world!.Demonstrator!.Play(demonstration) : _policy!.Policy;
                episode = await EpisodeEngine.ChooseAsync(episode, _world!, policy, _spec.Mode, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && _retries.IsSpentBy(FaultBoundary.Policy))
            {
                episode = EpisodeEngine.Fail(episode, new EpisodeFault(FaultBoundary.Policy, exception.Message));
            }
        }

        if (episode.HasEnded)
        {
            _episode = episode;
            return TimeSpan.Zero;
        }

        return await CallAsync(episode, cancellationToken);
    }
}
