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
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<RunGrain> _logger;
    private readonly OutcomeLog _outcomes;
    private readonly ChunkedTasks _tasks;
    private readonly SharedWrite _write;
    private RunEngine? _engine;
    private IGrainTimer? _timer;
    private bool _isOver;

    public RunGrain(
        [PersistentState("run", StateStore.Name)] IPersistentState<RunState> state,
        IWorldCatalogue worlds,
        IBlobStore blobs,
        EpisodeSlots slots,
        ISiloView silos,
        TimeProvider time,
        IOptions<GrainsOptions> options,
        IHostApplicationLifetime lifetime,
        ILogger<RunGrain> logger)
    {
        (_state, _worlds, _slots, _silos, _time, _options, _lifetime, _logger) = (state, worlds, slots, silos, time, options.Value, lifetime, logger);
        (_outcomes, _tasks) = (new OutcomeLog(blobs), new ChunkedTasks(blobs));
        _write = new SharedWrite(WriteAsync, time);
    }

    private RunState State => _state.State;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!_state.RecordExists)
        {
            _state.State = new RunState();
        }

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
            throw new ArgumentException($"The plan is of run '{plan.Run}'; this is run '{key}'. Start it under its own id.", nameof(plan));
        }

        RunPlanRules.Check(plan);
        foreach (var stage in plan.Serves is null ? plan.Stages.OfType<TrainStage>() : [])
        {
            TrainingMethods.Check(stage.Settings);
        }

        if (State.Plan is { } known && !RunPlanComparison.AreEqual(known, plan))
        {
            throw new ArgumentException($"Run '{key}' was started with another plan ('{known.Command}'). Choose another run id, or watch it with 'steptool runs watch {key}'.", nameof(plan));
        }

        var world = await _worlds.GetAsync(plan.World, cancellationToken);
        if (State.Plan is null)
        {
            _engine = plan.Serves is null ? new RunEngine(plan, world) : null;
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

    public Task<RunStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var progress = State.Progress;
        if (State is { HasBegun: true, Phase: RunPhase.Running } && !progress.IsEmpty)
        {
            progress = progress.SetItem(State.Stage, progress[State.Stage] with { Seconds = (_time.GetUtcNow() - State.StageBegan).TotalSeconds });
        }

        return Task.FromResult(new RunStatus(
            this.GetPrimaryKeyString(), State.Phase, State.Stage, progress, State.Failure, State.Plan?.Command ?? "", State.Plan?.World ?? ""));
    }

    public async Task<RolloutSpec?> RolloutAsync(long ordinal, CancellationToken cancellationToken)
    {
        if (State.Plan is not { } plan || State.Phase != RunPhase.Running || State.Completed.Contains(ordinal))
        {
            await _write.StoredAsync(); // who hears that a rollout is over forgets it
            return null;
        }

        var isCancelled = State.Cancelled.Contains(ordinal);
        if (plan.Serves is { } serves)
        {
            var task = await _tasks.FindAsync(State.Chunks, ordinal);
            return task is null
                ? null
                : new RolloutSpec(
                    new EpisodeId(plan.Run, ordinal), plan.World, task, serves, DecisionMode.Greedy, StableHash.Combine(plan.Seed, (ulong)ordinal), plan.Rewards)
                {
                    IsCancelled = isCancelled,
                    Tools = plan.Tools,
                };
        }

        var engine = await EngineAsync(cancellationToken);
        var stage = engine.StageOf(ordinal);
        return stage < 0 || stage >= State.Pinned.Length
            ? null
            : engine.Rollout(ordinal, State.Pinned[stage], State.TrainingFirst[stage]) with { IsCancelled = isCancelled };
    }

    public async Task CompleteAsync(RolloutOutcome outcome, CancellationToken cancellationToken)
    {
        var engine = State.Plan is { Serves: null } ? await EngineAsync(cancellationToken) : null;
        if (State.Plan is null || State.Completed.Contains(outcome.Ordinal))
        {
            await _write.StoredAsync();
            return;
        }

        var stage = engine?.StageOf(outcome.Ordinal) ?? 0;
        if (stage < 0 || stage >= State.Progress.Length)
        {
            throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' has not begun a stage with rollout {outcome.Ordinal}.", nameof(outcome));
        }

        var progress = State.Progress[stage];
        _state.State = State with
        {
            Completed = State.Completed.Add(outcome.Ordinal),
            Tail = State.Tail.Add(outcome),
            Progress = State.Progress.SetItem(stage, progress with
            {
                Done = progress.Done + 1,
                Passed = progress.Passed + ((int)outcome.Result.Verdict * 0.5),
                Return = progress.Return + outcome.Return,
                Turns = progress.Turns + outcome.Result.Turns,
                Faults = progress.Faults + (outcome.Status is EpisodeStatus.Faulted or EpisodeStatus.Cancelled ? 1 : 0),
            }),
        };
        await _write.SaveAsync();
    }

    public Task<OutcomePage> OutcomesAsync(long from, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return _outcomes.ReadAsync(State, from);
    }

    public async Task<TasksAdded> AddTasksAsync(TaskBatch batch, CancellationToken cancellationToken)
    {
        if (State.Plan?.Serves is null || State.Phase != RunPhase.Running)
        {
            var why = State.Plan is null ? "nothing was started under this id" : State.Plan.Serves is null ? "it has stages of its own" : $"it is {State.Phase}";
            throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' takes no tasks: {why}. Start a run that serves a policy.", nameof(batch));
        }

        if (State.Chunks.FirstOrDefault(chunk => chunk.BatchId == batch.BatchId) is { } known)
        {
            await _write.StoredAsync();
            return new TasksAdded(known.First, known.Count);
        }

        TaskBatchRules.Check(batch, State.Plan.World, await _worlds.GetAsync(State.Plan.World, cancellationToken));
        var blob = await _tasks.StoreAsync(batch.Tasks);
        var first = State.Chunks is [.., var last] ? last.First + last.Count : 0;
        _state.State = State with { Chunks = State.Chunks.Add(new TaskChunk(batch.BatchId, first, batch.Tasks.Length, blob)) };
        if (!State.Progress.IsEmpty)
        {
            _state.State = State with { Progress = State.Progress.SetItem(0, State.Progress[0] with { Total = first + batch.Tasks.Length }) };
        }

        await _write.SaveAsync();
        await PokeAsync(cancellationToken);
        return new TasksAdded(first, batch.Tasks.Length);
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
                return await StatusAsync(cancellationToken);
            }

            _ = await RolloutAsync(one, cancellationToken)
                ?? throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' has no rollout {one} at work; see 'steptool queue status'.", nameof(ordinal));
            _state.State = State with { Cancelled = State.Cancelled.Add(one) };
            await _write.SaveAsync();
            await GrainFactory.GetGrain<ITaskGrain>(new EpisodeId(this.GetPrimaryKeyString(), one).ToString()).CancelAsync(cancellationToken);
        }
        else if (State.Phase == RunPhase.Running)
        {
            await EndAsync(RunPhase.Cancelled, "", cancellationToken);
            await NoteAsync(isActive: false, cancellationToken);
        }

        return await StatusAsync(cancellationToken);
    }

    private async Task WriteAsync()
    {
        var (segments, moved) = await _outcomes.SealAsync(State);
        if (moved > 0)
        {
            // The tail may have grown meanwhile; only what was sealed leaves it.
            _state.State = State with { Segments = segments, Tail = State.Tail.RemoveRange(0, moved) };
        }

        await _state.WriteStateAsync();
    }
}
