using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;

namespace StepTool.Grains.Runs;

internal sealed partial class RunGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    public Task PokeAsync(CancellationToken cancellationToken)
    {
        if (_options.IsAtWork && State.Plan is not null && _timer is null && !_isOver)
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
                _obstacle = "";
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
            if (!_damages.Tells(exception) && _obstacle != exception.Message)
            {
                LogRetry(exception, this.GetPrimaryKeyString());
            }

            (_obstacle, _reoffers, next) = (StorageException.Damage(exception) ?? exception.Message, true, AfterFailure);
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

        var offering = OfferResumedAsync(cancellationToken);
        if (State.Phase == RunPhase.Running)
        {
            try
            {
                await Task.WhenAll(AdvanceAsync(cancellationToken), ReofferAsync(cancellationToken), offering);
            }
            catch (ArgumentException exception)
            {
                await EndAsync(RunPhase.Failed, exception.Message, cancellationToken);
            }
        }

        await offering;
        if (State.Phase != RunPhase.Running && !IsResuming)
        {
            await StopTrainersAsync(cancellationToken); // a stage may have begun while the run was cancelled
            await UnpinAsync(cancellationToken);
            await NoteAsync(isActive: false, cancellationToken);
            _isOver = !IsResuming;
            if (!_isOver)
            {
                await NoteAsync(isActive: true, cancellationToken); // a command has come meanwhile
            }
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
                await GateAsync(engine, stage, cancellationToken);
                await EndStageAsync(engine, cancellationToken);
            }

            return;
        }

        var head = await UpdateProgressAsync(train, stage, cancellationToken);
        var updates = State.Progress[stage].Updates;
        if (updates < train.Iterations && (train.UntilTurns == 0 || head.Latest.Turns < train.UntilTurns))
        {
            await EnqueueAsync(first + engine.Admitted(stage, updates, _training.MaxLogged), cancellationToken);
        }
        else if (await IsAllEnqueuedAsync(engine, stage, updates, cancellationToken) && State.Progress[stage].Done >= State.Enqueued - first)
        {
            if (train.Promotes)
            {
                await GrainFactory.GetGrain<IPolicyGrain>(train.Policy).PromoteAsync(head.Latest.Version, head.Promoted.Version, $"{State.Plan.Run}/{stage}", cancellationToken);
            }

            await EndStageAsync(engine, cancellationToken);
        }
    }

    // A crash may have left this position behind what is on the queue: what is played there ends before its stage does.
    private async ValueTask<bool> IsAllEnqueuedAsync(RunEngine engine, int stage, int updates, CancellationToken cancellationToken)
    {
        var end = engine.First(stage) + (updates == 0 ? 0 : engine.Admitted(stage, updates - 1, _training.MaxLogged));
        await EnqueueAsync(end, cancellationToken);
        return State.Enqueued >= end;
    }

    private async Task BeginStageAsync(RunEngine engine, CancellationToken cancellationToken)
    {
        var (kind, pinned, trainingFirst) = ("evaluate", 0, 0L);
        switch (State.Plan!.Stages[State.Stage])
        {
            case TrainStage train:
                var trainer = GrainFactory.GetGrain<ITrainerGrain>(train.Policy);
                var head = await trainer.PrepareAsync(train.Settings, train.Start, State.Plan.Run, cancellationToken);
                (kind, pinned) = ("train", head.Latest.Version);
                trainingFirst = await trainer.TrainAsync(
                    new TrainingOrder(State.Plan.Run, State.Plan.World, train.Settings, train.BatchSize, train.Deterministic, pinned + train.Iterations, train.UntilTurns, engine.First(State.Stage), train.KeptVersions),
                    cancellationToken);
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
        if (stage is EvaluateStage { Policy: { Pin: not PolicyPin.Floor } measured })
        {
            await GrainFactory.GetGrain<IPolicyGrain>(measured.Name).PinAsync(State.Plan.Run, pinned, cancellationToken); // until the run ends or measures another version
        }

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

    // A stage may outlive silos, so that nothing but clocks tells how long it took; one that was set back says nothing.
    private double SecondsSince(DateTimeOffset began) => Math.Max(0, (_time.GetUtcNow() - began).TotalSeconds);

    private static StageProgress Tally(StageProgress progress, RolloutOutcome outcome, int times) => progress with
    {
        Done = progress.Done + times,
        Passed = progress.Passed + (times * (int)outcome.Result.Verdict * 0.5),
        Return = progress.Return + (times * outcome.Return),
        Turns = progress.Turns + (times * outcome.Result.Turns),
        Faults = progress.Faults + (outcome.Status is EpisodeStatus.Faulted ? times : 0),
        Cancelled = progress.Cancelled + (outcome.Status is EpisodeStatus.Cancelled ? times : 0),
    };

    // A standing run without a task at hand takes no time.
    private static bool IsIdle(RunState run) => run is { Plan.Serves: not null, Progress: [var queue] } && queue.Done == queue.Total;

    private RunState Woken(RunState run) => IsIdle(run) ? run with { StageBegan = _time.GetUtcNow() - TimeSpan.FromSeconds(run.Progress[0].Seconds) } : run;

    private async Task EndStageAsync(RunEngine engine, CancellationToken cancellationToken)
    {
        var stage = State.Stage;
        var progress = State.Progress[stage] with { Seconds = SecondsSince(State.StageBegan) };
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
        var total = Total(State);
        if (State.Progress.IsEmpty)
        {
            _state.State = State with { HasBegun = true, StageBegan = _time.GetUtcNow(), Progress = [new StageProgress("queue", "serve", 0, total, 0, 0, 0, 0, 0, 0)] };
            await _write.SaveAsync();
        }

        await EnqueueAsync(Total(_stored), cancellationToken);
    }

    private async Task EndAsync(RunPhase phase, string failure, CancellationToken cancellationToken)
    {
        if (State.Phase == RunPhase.Running)
        {
            _state.State = State with { Phase = phase, Failure = failure };
        }

        await _write.SaveAsync(); // first: a run that went on without its trainer would never end
        await StopTrainersAsync(cancellationToken);
    }

    private Task NoteAsync(bool isActive, CancellationToken cancellationToken) =>
        Index.NoteAsync(new RunEntry(State.Plan!.Run, State.Plan.World, Policies(), isActive), cancellationToken);

    private async ValueTask<RunEngine> EngineAsync(CancellationToken cancellationToken) =>
        _engine ??= new RunEngine(State.Plan!, await _worlds.GetAsync(State.Plan!.World, cancellationToken));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run}: a step failed and is tried again.")]
    private partial void LogRetry(Exception exception, string run);
}
