using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;

namespace StepTool.Grains.Runs;

internal sealed partial class RunGrain
{
    // Rollouts of one run that are on the queue and not ended, at most: enough to keep many silos busy, few enough to leave room for other runs.
    private const int Window = 2048;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    public Task PokeAsync(CancellationToken cancellationToken)
    {
        if (State.Plan is not null && _timer is null && !_isOver)
        {
            _timer = this.RegisterGrainTimer(DriveAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    private async Task DriveAsync(CancellationToken cancellationToken)
    {
        var next = Tick;
        try
        {
            if (!_lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await StepAsync(cancellationToken);
            }
        }
        catch (InconsistentStateException exception)
        {
            // Another activation wrote: what this one holds is stale, and the next one reads afresh.
            LogRetry(exception, this.GetPrimaryKeyString());
            DeactivateOnIdle();
            next = Timeout.InfiniteTimeSpan;
        }
        catch (Exception exception)
        {
            // What is in memory stays, since it holds the outcomes of others too; it is written before the run goes on.
            LogRetry(exception, this.GetPrimaryKeyString());
            next = AfterFailure;
        }

        if (_isOver || _lifetime.ApplicationStopping.IsCancellationRequested)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else
        {
            _timer?.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        if (_write.HasFailed)
        {
            await _write.SaveAsync();
        }

        if (State.Phase == RunPhase.Running)
        {
            try
            {
                await AdvanceAsync(cancellationToken);
            }
            catch (ArgumentException exception)
            {
                await EndAsync(RunPhase.Failed, exception.Message, cancellationToken);
            }
        }

        if (State.Phase != RunPhase.Running)
        {
            await StopTrainersAsync(cancellationToken); // a stage may have begun while the run was cancelled
            await NoteAsync(isActive: false, cancellationToken);
            _isOver = true;
        }
    }

    private async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        if (State.Plan!.Serves is not null)
        {
            await ServeAsync(cancellationToken);
            return;
        }

        var engine = await EngineAsync(cancellationToken);
        if (!State.HasBegun)
        {
            await BeginStageAsync(engine, cancellationToken);
        }

        var stage = State.Stage;
        var first = engine.First(stage);
        if (State.Plan.Stages[stage] is not TrainStage train)
        {
            await EnqueueAsync(first + engine.Count(stage), cancellationToken);
            if (State.Progress[stage].Done >= engine.Count(stage))
            {
                await EndStageAsync(engine, cancellationToken);
            }

            return;
        }

        var head = await UpdateProgressAsync(train, stage, cancellationToken);
        var updates = State.Progress[stage].Updates;
        if (updates < train.Iterations && (train.UntilTurns == 0 || head.Latest.Turns < train.UntilTurns))
        {
            await EnqueueAsync(first + engine.Admitted(stage, updates), cancellationToken);
        }
        else if (State.Progress[stage].Done >= State.Enqueued - first)
        {
            await GrainFactory.GetGrain<IPolicyGrain>(train.Policy).PromoteAsync(head.Latest.Version, cancellationToken);
            await EndStageAsync(engine, cancellationToken);
        }
    }

    private async Task BeginStageAsync(RunEngine engine, CancellationToken cancellationToken)
    {
        var (kind, pinned, trainingFirst) = ("evaluate", 0, 0L);
        switch (State.Plan!.Stages[State.Stage])
        {
            case TrainStage train:
                var trainer = GrainFactory.GetGrain<ITrainerGrain>(train.Policy);
                var head = await trainer.PrepareAsync(train.Settings, train.Start, cancellationToken);
                (kind, pinned) = ("train", head.Latest.Version);
                trainingFirst = await trainer.TrainAsync(
                    new TrainingOrder(State.Plan.Run, State.Plan.World, train.Settings, train.BatchSize, train.Deterministic, pinned + train.Iterations, train.UntilTurns), cancellationToken);
                break;
            case EvaluateStage { AtTurns: { } turns } evaluate:
                var versions = await GrainFactory.GetGrain<IPolicyGrain>(evaluate.Policy.Name).VersionsAsync(cancellationToken);
                pinned = versions.IsEmpty
                    ? throw new ArgumentException($"Policy '{evaluate.Policy.Name}' does not exist; see 'steptool policy list'.")
                    : (versions.FirstOrDefault(version => version.Turns >= turns) ?? versions[^1]).Version;
                break;
            case EvaluateStage { Policy: { Pin: not PolicyPin.Floor } policy }:
                pinned = await VersionAsync(policy, cancellationToken);
                break;
        }

        var stage = State.Plan.Stages[State.Stage];
        _state.State = State with
        {
            HasBegun = true,
            StageBegan = _time.GetUtcNow(),
            Pinned = State.Pinned.Add(pinned),
            TrainingFirst = State.TrainingFirst.Add(trainingFirst),
            Progress = State.Progress.Add(new StageProgress(stage.Name, kind, 0, engine.Count(State.Stage), 0, 0, 0, 0, 0, 0)),
        };
        await _write.SaveAsync();
    }

    private async Task<int> VersionAsync(PolicyReference policy, CancellationToken cancellationToken)
    {
        if (policy.Pin is PolicyPin.Version)
        {
            return policy.Version;
        }

        var training = State.Plan!.Stages.OfType<TrainStage>().FirstOrDefault(stage => stage.Policy == policy.Name);
        var head = training is null
            ? await GrainFactory.GetGrain<IPolicyGrain>(policy.Name).HeadAsync(cancellationToken)
            : await GrainFactory.GetGrain<ITrainerGrain>(policy.Name).PrepareAsync(training.Settings, training.Start, cancellationToken);
        return head is null
            ? throw new ArgumentException($"Policy '{policy.Name}' does not exist; see 'steptool policy list'.")
            : policy.Pin is PolicyPin.Promoted ? head.Promoted.Version : head.Latest.Version;
    }

    private async Task<PolicyHead> UpdateProgressAsync(TrainStage train, int stage, CancellationToken cancellationToken)
    {
        var head = await GrainFactory.GetGrain<IPolicyGrain>(train.Policy).HeadAsync(cancellationToken)
            ?? throw new ArgumentException($"Policy '{train.Policy}' is gone while it is trained.");
        var updates = head.Latest.Version - State.Pinned[stage];
        if (updates == State.Progress[stage].Updates)
        {
            var trainer = await GrainFactory.GetGrain<ITrainerGrain>(train.Policy).StatusAsync(cancellationToken);
            return trainer.Failure.Length == 0 ? head : throw new ArgumentException($"Training of '{train.Policy}' stopped: {trainer.Failure}");
        }

        _state.State = State with { Progress = State.Progress.SetItem(stage, State.Progress[stage] with { Updates = updates }) };
        return head;
    }

    private async Task EndStageAsync(RunEngine engine, CancellationToken cancellationToken)
    {
        var stage = State.Stage;
        var progress = State.Progress[stage] with { Seconds = (_time.GetUtcNow() - State.StageBegan).TotalSeconds };
        var next = engine.First(stage) + engine.Count(stage);

        // Ordinals that were never needed count as ended. One assignment: there is no stage after the last, so a run is never seen there and at work.
        _state.State = State with
        {
            Stage = stage + 1,
            HasBegun = false,
            Completed = State.Completed.AddRange(Math.Min(State.Enqueued, next), next),
            Enqueued = Math.Max(State.Enqueued, next),
            Progress = State.Progress.SetItem(stage, progress),
            Phase = State.Phase is RunPhase.Running && stage + 1 == engine.StageCount ? RunPhase.Completed : State.Phase,
        };
        await _write.SaveAsync();
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var total = State.Chunks is [.., var last] ? last.First + last.Count : 0;
        if (State.Progress.IsEmpty)
        {
            _state.State = State with { HasBegun = true, StageBegan = _time.GetUtcNow(), Progress = [new StageProgress("queue", "serve", 0, total, 0, 0, 0, 0, 0, 0)] };
        }

        await EnqueueAsync(total, cancellationToken);
    }

    /// <summary>Enqueues up to an ordinal, as far as the window and the shards have room. Enqueuing twice is harmless, so the position may lag behind.</summary>
    private async Task EnqueueAsync(long until, CancellationToken cancellationToken)
    {
        var end = Math.Min(until, State.Completed.Count + Window);
        if (State.Enqueued >= end)
        {
            return;
        }

        var from = State.Enqueued;
        while (from < end)
        {
            var to = Math.Min(end, ((from / QueueShards.Block) + 1) * QueueShards.Block);
            var block = Block(from, to);
            var shard = QueueShards.Key(QueueShards.Of(block[0], _options.QueueShards));
            var taken = await GrainFactory.GetGrain<IRolloutQueueGrain>(shard).EnqueueAsync(block, cancellationToken);
            from += taken;
            if (taken < block.Length)
            {
                break; // this shard is full; the next tick tries again
            }
        }

        if (from > State.Enqueued)
        {
            _state.State = State with { Enqueued = from };
            _slots.Announce();
            await _write.SaveAsync();
        }
    }

    private ImmutableArray<EpisodeId> Block(long from, long to)
    {
        var block = ImmutableArray.CreateBuilder<EpisodeId>((int)(to - from));
        for (var ordinal = from; ordinal < to; ordinal++)
        {
            block.Add(new EpisodeId(State.Plan!.Run, ordinal));
        }

        return block.MoveToImmutable();
    }

    private async Task EndAsync(RunPhase phase, string failure, CancellationToken cancellationToken)
    {
        await StopTrainersAsync(cancellationToken);
        if (State.Phase == RunPhase.Running)
        {
            _state.State = State with { Phase = phase, Failure = failure };
        }

        await _write.SaveAsync();
    }

    private async Task StopTrainersAsync(CancellationToken cancellationToken)
    {
        foreach (var policy in Policies())
        {
            await GrainFactory.GetGrain<ITrainerGrain>(policy).StopAsync(State.Plan!.Run, cancellationToken);
        }
    }

    private ImmutableArray<string> Policies() =>
        State.Plan!.Stages.IsDefault ? [] : [.. State.Plan.Stages.OfType<TrainStage>().Select(stage => stage.Policy).Distinct()];

    private Task NoteAsync(bool isActive, CancellationToken cancellationToken) =>
        GrainFactory.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).NoteAsync(
            new RunEntry(State.Plan!.Run, State.Plan.World, Policies(), isActive), cancellationToken);

    private async ValueTask<RunEngine> EngineAsync(CancellationToken cancellationToken) =>
        _engine ??= new RunEngine(State.Plan!, await _worlds.GetAsync(State.Plan!.World, cancellationToken));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run}: a step failed and is tried again.")]
    private partial void LogRetry(Exception exception, string run);
}
