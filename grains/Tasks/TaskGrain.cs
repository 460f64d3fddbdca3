using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
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
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<TaskGrain> logger) : Grain, ITaskGrain
{
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
        if (!_isOpen)
        {
            return;
        }

        try
        {
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
            next = stop.IsCancellationRequested ? Done : await AdvanceAsync(stop.Token);
            _retries.Reset();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The step was not saved; whoever resumes decides it again, the same way.
        }
        catch (Exception exception)
        {
            // Storage, another grain or a boundary failed: nothing is lost, the same step is tried again later.
            next = _retries.Next();
            LogRetry(_id, next.TotalSeconds, exception.Message, exception);
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
            return await EndAsync();
        }

        if (!await PrepareAsync(cancellationToken))
        {
            await archive.DropAsync(_id, cancellationToken);
            return await EndAsync();
        }

        if (_isCancelled || _spec!.IsCancelled)
        {
            _episode = EpisodeEngine.Cancel(_episode!);
        }

        if (!_episode!.HasEnded)
        {
            var delay = await TakeTurnAsync(cancellationToken);
            if (!_episode.HasEnded)
            {
                return delay;
            }
        }

        await archive.CompleteAsync(_episode, _spec!, _policy?.Version ?? state.State?.Version, _world!, cancellationToken);
        _isArchived = true;
        return await EndAsync();
    }

    /// <summary>Makes sure of rollout, world, policy and episode. False when the run does not want this rollout any more.</summary>
    private async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        _spec ??= await RolloutAsync(cancellationToken);
        if (_spec is null)
        {
            return false;
        }

        _world ??= await worlds.GetAsync(_spec.World, cancellationToken);
        _episode ??= EpisodeEngine.Begin(_id, _spec.World, _spec.Task, _spec.Seed, _spec.FinishesAtBudget, _spec.Strategy, _spec.HoldsFinish);
        if (_policy is null && !_episode.HasEnded)
        {
            var reference = state.RecordExists && state.State.Version is { } version
                ? new PolicyReference(_spec.Policy.Name, PolicyPin.Version, version)
                : _spec.Policy;
            try
            {
                _policy = await policies.GetAsync(reference, cancellationToken);
            }
            catch (PolicyException exception) when (_retries.IsSpent)
            {
                _episode = EpisodeEngine.Fail(_episode, new EpisodeFault(FaultBoundary.Policy, exception.Message));
            }
        }

        return true;
    }

    private Task<RolloutSpec?> RolloutAsync(CancellationToken cancellationToken) => GrainFactory.GetGrain<IRunGrain>(_id.Run).RolloutAsync(_id.Ordinal, cancellationToken);

    private async Task<TimeSpan> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var episode = _episode!;
        if (episode.Pending is null)
        {
            try
            {
                var policy = _spec!.Demonstration is { } demonstration ? _world!.Demonstrator!.Play(demonstration) : _policy!.Policy;
                var decision = await policy.DecideAsync(
                    EpisodeEngine.Situate(episode, _world!), TreeSearch.Mode(episode, _spec.Mode), EpisodeEngine.ChoiceSeed(episode), cancellationToken);
                episode = EpisodeEngine.Decide(episode, decision);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && _retries.IsSpent)
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

    private async Task SaveAsync(Episode episode)
    {
        state.State = new TaskState(episode, _policy!.Version);
        await state.WriteStateAsync();
        _episode = episode;
    }

    // After a lost race or a failed write the stored state is the truth.
    private async Task ReloadAsync(Exception cause)
    {
        if (cause is not (StorageException or OrleansException))
        {
            return;
        }

        try
        {
            await state.ReadStateAsync();
            _episode = state.RecordExists ? state.State.Episode : null;
            _mayBeSent = _episode?.Pending is not null && state.Etag != _unsent;
            _spec = state.RecordExists ? _spec : null; // it may have been played to its end elsewhere: the run is asked again
            _policy = state.RecordExists && state.State.Version != _policy?.Version ? null : _policy;
        }
        catch (Exception exception)
        {
            LogReload(exception, _id);
        }
    }

    private async Task<TimeSpan> EndAsync()
    {
        if (state.RecordExists)
        {
            await state.ClearStateAsync();
        }

        _isOpen = false;
        return Done;
    }

    private void LogRetry(EpisodeId episode, double seconds, string reason, Exception exception)
    {
        LogRetryReason(episode, seconds, reason);
        LogRetryDetail(exception, episode);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Episode {Episode}: a step failed and is tried again in {Seconds:F1} s: {Reason}")]
    private partial void LogRetryReason(EpisodeId episode, double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Episode {Episode}: the failed step.")]
    private partial void LogRetryDetail(Exception exception, EpisodeId episode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Episode {Episode}: its state could not be read again.")]
    private partial void LogReload(Exception exception, EpisodeId episode);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Episode {Episode}: its lease could not be given back and ends with this silo, or by time.")]
    private partial void LogRelease(Exception exception, EpisodeId episode);
}
