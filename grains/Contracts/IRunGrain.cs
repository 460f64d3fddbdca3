using System.Collections.Immutable;
using Orleans.Concurrency;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Runs;

namespace StepTool.Grains.Contracts;

/// <summary>Plan and driver of one run, keyed by its id. A run goes on without whoever started it.</summary>
[Alias("StepTool.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Starts the run. Starting it again with an equal plan changes nothing.</summary>
    /// <exception cref="ArgumentException">The plan is invalid, or another plan runs under this id.</exception>
    [Alias("Start")]
    Task<RunStatus> StartAsync(RunPlan plan, CancellationToken cancellationToken = default);

    /// <summary>Adds tasks to the standing run; tasks of a batch id already taken are not added again.</summary>
    /// <exception cref="ArgumentException">The run has stages, or a task names APIs that its world does not have.</exception>
    [Alias("AddTasks")]
    Task<TasksAdded> AddTasksAsync(TaskBatch batch, CancellationToken cancellationToken = default);

    /// <summary>How far the run is.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<RunStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>The rollout of an ordinal, or null when the run has ended or does not have it.</summary>
    [Alias("Rollout"), AlwaysInterleave]
    Task<RolloutSpec?> RolloutAsync(long ordinal, CancellationToken cancellationToken = default);

    /// <summary>Takes the outcome of an ordinal; the second time changes nothing. Returns when it is stored.</summary>
    [Alias("Complete"), AlwaysInterleave]
    Task CompleteAsync(RolloutOutcome outcome, CancellationToken cancellationToken = default);

    /// <summary>Outcomes in the order they came in, from a position on; fewer than asked for means there are no more yet.</summary>
    [Alias("Outcomes"), AlwaysInterleave]
    Task<OutcomePage> OutcomesAsync(long from, CancellationToken cancellationToken = default);

    /// <summary>Wakes the run after a restart; harmless at any time.</summary>
    [Alias("Poke"), AlwaysInterleave]
    Task PokeAsync(CancellationToken cancellationToken = default);

    /// <summary>Cancels one task of the standing run by its ordinal, or, with null, the whole run.</summary>
    [Alias("Cancel")]
    Task<RunStatus> CancelAsync(long? ordinal, CancellationToken cancellationToken = default);
}

/// <summary>Tasks for the standing run.</summary>
/// <param name="BatchId">Id of this command: a batch that is sent twice is taken once.</param>
/// <param name="Tasks">At most 1,000 tasks.</param>
public sealed record TaskBatch(string BatchId, ImmutableArray<Core.Tasks.AgentTask> Tasks);

/// <summary>Tasks taken.</summary>
/// <param name="FirstOrdinal">Ordinal of the first task of the batch; the others follow.</param>
/// <param name="Added">Tasks added.</param>
public sealed record TasksAdded(long FirstOrdinal, int Added);

/// <summary>How one rollout ended.</summary>
/// <param name="Ordinal">Its ordinal in the run.</param>
/// <param name="Version">Version that decided; null for floors.</param>
/// <param name="Trajectory">Blob of the ended episode.</param>
/// <param name="Status">How the episode ended.</param>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Result">What evaluation counts.</param>
public sealed record RolloutOutcome(
    long Ordinal, int? Version, string Trajectory, EpisodeStatus Status, double Return, Outcome Result);

/// <summary>A page of outcomes.</summary>
/// <param name="Outcomes">The outcomes.</param>
/// <param name="Next">Position after the last one.</param>
public sealed record OutcomePage(ImmutableArray<RolloutOutcome> Outcomes, long Next);
