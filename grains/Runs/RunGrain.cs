using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;
using StepTool.Grains.Tasks;
using StepTool.Grains.Training;
using StepTool.Grains.Worlds;
using StepTool.Learning.Methods;

namespace StepTool.Grains.Runs;

/// <summary>Host of <see cref="RunEngine"/>: begins stages, enqueues what is admitted, takes outcomes. Its driving part is in RunGrain.Drive.cs.</summary>
[GrainType("run")]
internal sealed partial class RunGrain : Grain, IRunGrain
{
    private readonly IPersistentState<RunState> _state;
    private readonly IWorldCatalogue _worlds;
    private readonly EpisodeSlots _slots;
    private readonly ISiloView _silos;
    private readonly TimeProvider _time;
    private readonly GrainsOptions _options;
    private readonly TrainingOptions _training;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly DamageLog _damages;
    private readonly ILogger<RunGrain> _logger;
    private readonly IBlobStore _blobs;
    private readonly OutcomeLog _outcomes;
    private readonly ChunkedTasks _tasks;
    private readonly SharedWrite _write;
    private RunState _stored = new();
    private RunEngine? _engine;
    private IGrainTimer? _timer;
    private bool _isOver;
    private bool _reoffers = true;
    private string _obstacle = "";

    public RunGrain(
        [PersistentState("run", StateStore.Name)] IPersistentState<RunState> state,
        IWorldCatalogue worlds,
        IBlobStore blobs,
        EpisodeSlots slots,
        ISiloView silos,
        TimeProvider time,
        IOptions<GrainsOptions> options,
        IOptions<TrainingOptions> training,
        IHostApplicationLifetime lifetime,
        DamageLog damages,
        ILogger<RunGrain> logger)
    {
        (_state, _worlds, _slots, _silos, _time, _options, _training, _lifetime, _damages, _logger) = (state, worlds, slots, silos, time, options.Value, training.Value, lifetime, damages, logger);
        (_blobs, _outcomes, _tasks) = (blobs, new OutcomeLog(blobs), new ChunkedTasks(blobs));
        _write = new SharedWrite(WriteAsync, time);
    }

    private RunState State => _state.State;

    private IRunIndexGrain Index => GrainFactory.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!_state.RecordExists)
        {
            _state.State = new RunState();
        }

        _stored = State;
        return PokeAsync(cancellationToken);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (State.Plan is not null && !_isOver && _silos.HasSuccessor(_slots.Silo, reason))
        {
            _ = GrainFactory.GetGrain<IRunGrain>(this.GetPrimaryKeyString()).PokeAsync(CancellationToken.None); // waits for the next activation
        }

        return Task.CompletedTask;
    }

    public async Task<RunStatus> StartAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (plan.Run != key)
        {
            throw new ArgumentException($"The plan is of run '{plan.Run}'; this is run '{key}'. Start it under its own id.");
        }

        RunPlanRules.Check(plan);
        foreach (var stage in plan.Serves is null ? plan.Stages.OfType<TrainStage>() : [])
        {
            TrainingMethods.Check(stage.Settings);
            _training.Check(stage);
        }

        if (State.Plan is { } known && !RunPlanComparison.AreEqual(known, plan))
        {
            throw new ArgumentException($"Run '{key}' was started with another plan ('{known.Command}'). Choose another run id, or watch it with 'steptool runs watch {key}'.");
        }

        var world = await _worlds.GetAsync(plan.World, cancellationToken);
        if (State.Plan is null)
        {
            _engine = plan.Serves is null ? new RunEngine(plan, world) : null;
            await Index.AdmitAsync(key, cancellationToken);
            _state.State = new RunState { Plan = plan, Phase = RunPhase.Running };
            await _write.SaveAsync();
        }

        // Whatever stopped an earlier start half-way is made up for now.
        await _write.StoredAsync();
        if (State.Phase == RunPhase.Running)
        {
            await NoteAsync(isActive: true, cancellationToken);
        }

        await PokeAsync(cancellationToken);
        return await StatusAsync(cancellationToken);
    }

    // Who looks sees what is stored: what a crash would take back was never said.
    public Task<RunStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var (run, progress) = (_stored, _stored.Progress);
        if (run is { HasBegun: true, Phase: RunPhase.Running } && !progress.IsEmpty && !IsIdle(run))
        {
            progress = progress.SetItem(run.Stage, progress[run.Stage] with { Seconds = SecondsSince(run.StageBegan) });
        }

        var failure = run.Phase is not RunPhase.Running ? run.Failure : _obstacle.Length > 0 ? _obstacle : _slots.ObstacleOf(this.GetPrimaryKeyString());
        return Task.FromResult(new RunStatus(
            this.GetPrimaryKeyString(), run.Phase, run.Stage, progress, failure, run.Plan?.Command ?? "", run.Plan?.World ?? "")
        {
            Resuming = run.Resumed.Count,
        });
    }

    public async Task<RolloutSpec?> RolloutAsync(long ordinal, CancellationToken cancellationToken)
    {
        var rollout = await FindAsync(ordinal, cancellationToken);
        if (rollout is null)
        {
            await ConfirmAsync(); // who hears that a rollout is over forgets it
        }

        return rollout;
    }

    public async Task<RolloutSpec?> AbandonedAsync(long ordinal, CancellationToken cancellationToken)
    {
        await _write.StoredAsync();
        return State.Phase is RunPhase.Cancelled or RunPhase.Failed && await SpecAsync(ordinal, cancellationToken) is { } rollout
            ? rollout with { IsCancelled = true, IsAbandoned = true }
            : null;
    }

    public async Task<bool> IsAtWorkAsync(long ordinal, int attempt, CancellationToken cancellationToken)
    {
        await ConfirmAsync();
        return await FindAsync(ordinal, cancellationToken) is { } rollout && (rollout.Resumes?.Number ?? 0) == attempt;
    }

    // Another activation may have gone on meanwhile, on the other side of a network that is split: then this write fails, and the next activation reads afresh. What was cancelled or has
    // failed stays so.
    private Task ConfirmAsync() => State is { Plan: null } or { Phase: RunPhase.Cancelled or RunPhase.Failed } ? _write.StoredAsync() : _write.SaveAsync();

    private async Task<RolloutSpec?> FindAsync(long ordinal, CancellationToken cancellationToken)
    {
        if (ordinal >= Total(_stored) && ordinal < Total(State) || !Equals(_stored.Resumed.GetValueOrDefault(ordinal), State.Resumed.GetValueOrDefault(ordinal)))
        {
            await _write.StoredAsync(); // nothing is played that a crash would take back
        }

        return State.Phase is RunPhase.Running || (State.Phase is RunPhase.Completed && State.Resumed.ContainsKey(ordinal)) ? await SpecAsync(ordinal, cancellationToken) : null;
    }

    private async Task<RolloutSpec?> SpecAsync(long ordinal, CancellationToken cancellationToken)
    {
        if (State.Plan is not { } plan || State.Completed.Contains(ordinal))
        {
            return null;
        }

        var resumed = State.Resumed.GetValueOrDefault(ordinal);
        var isCancelled = State.Cancelled.Contains(ordinal);
        if (plan.Serves is { } serves)
        {
            var task = await _tasks.FindAsync(State.Chunks, ordinal);
            return task is null
                ? null
                : GoesOn(
                    new RolloutSpec(new EpisodeId(plan.Run, ordinal), plan.World, task, serves, DecisionMode.Greedy, StableHash.Combine(plan.Seed, (ulong)ordinal), plan.Rewards)
                    {
                        IsCancelled = isCancelled,
                        Tools = plan.Tools,
                    },
                    resumed);
        }

        var engine = await EngineAsync(cancellationToken);
        var stage = engine.StageOf(ordinal);
        return stage < 0 || stage >= State.Pinned.Length
            ? null
            : GoesOn(engine.Rollout(ordinal, State.Pinned[stage], State.TrainingFirst[stage]), resumed) with { IsCancelled = isCancelled };
    }

    public async Task CompleteAsync(RolloutOutcome outcome, CancellationToken cancellationToken)
    {
        var engine = State.Plan is { Serves: null } ? await EngineAsync(cancellationToken) : null;
        if (State.Plan is null || State.Completed.Contains(outcome.Ordinal) || outcome.Resumed < (State.Resumed.GetValueOrDefault(outcome.Ordinal)?.From.Number ?? 0))
        {
            await (outcome.Resumed > 0 ? ConfirmAsync() : _write.StoredAsync()); // of an attempt that this activation does not know nothing is acknowledged
            return;
        }

        var stage = engine?.StageOf(outcome.Ordinal) ?? 0;
        if (stage < 0 || stage >= State.Progress.Length)
        {
            throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' has not begun a stage with rollout {outcome.Ordinal}.");
        }

        _state.State = State with
        {
            Completed = State.Completed.Add(outcome.Ordinal),
            Resumed = State.Resumed.Remove(outcome.Ordinal),
            Tail = State.Tail.Add(outcome),
            Progress = State.Progress.SetItem(stage, Tally(State.Progress[stage], outcome, 1)),
        };
        if (IsIdle(State))
        {
            _state.State = State with { Progress = State.Progress.SetItem(0, State.Progress[0] with { Seconds = SecondsSince(State.StageBegan) }) };
        }

        await _write.SaveAsync();
    }

    public Task<OutcomePage> OutcomesAsync(long from, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return _outcomes.ReadAsync(_stored, from);
    }

    public async Task<RunStatus> CancelAsync(long? ordinal, CancellationToken cancellationToken)
    {
        if (State.Plan is null)
        {
            throw new ArgumentException($"There is no run '{this.GetPrimaryKeyString()}'; see 'steptool runs list'.");
        }

        if (ordinal is { } one)
        {
            if (State.Completed.Contains(one))
            {
                await _write.StoredAsync();
                return await StatusAsync(cancellationToken);
            }

            _ = await RolloutAsync(one, cancellationToken)
                ?? throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' has no rollout {one} at work; see 'steptool queue status'.");
            _state.State = State with { Cancelled = State.Cancelled.Add(one) };
            await _write.SaveAsync();
            await GrainFactory.GetGrain<ITaskGrain>(new EpisodeId(this.GetPrimaryKeyString(), one).ToString()).CancelAsync(cancellationToken);
        }
        else if (State.Phase == RunPhase.Running)
        {
            await EndAsync(RunPhase.Cancelled, "", cancellationToken);
            if (!_options.IsAtWork)
            {
                await UnpinAsync(cancellationToken); // no step will
            }

            await NoteAsync(isActive: false, cancellationToken);
        }

        await _write.StoredAsync(); // an earlier command may have changed it and lost its write
        return await StatusAsync(cancellationToken);
    }

    private async Task WriteAsync()
    {
        var outcomes = await _outcomes.SealAsync(State);
        if (outcomes.Moved > 0 || outcomes.Indices.Length > State.Indices.Length)
        {
            // The tail may have grown meanwhile; only what was sealed leaves it.
            _state.State = State with { Indices = outcomes.Indices, Segments = outcomes.Segments, Tail = State.Tail.RemoveRange(0, outcomes.Moved) };
        }

        var written = State;
        await _state.WriteStateAsync();
        _stored = written;
    }
}
