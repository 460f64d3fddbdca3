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
    /// <exception cref="QueueFullException">As many runs are under way as may be; nothing was started.</exception>
    [Alias("Start")]
    Task<RunStatus> StartAsync(RunPlan plan, CancellationToken cancellationToken = default);

    /// <summary>Adds tasks to the standing run; tasks of a batch id already taken are not added again.</summary>
    /// <exception cref="ArgumentException">The run has stages, or a task names APIs that its world does not have.</exception>
    /// <exception cref="QueueFullException">As many of its tasks have not ended as may be; nothing of the batch was taken.</exception>
    [Alias("AddTasks")]
    Task<TasksAdded> AddTasksAsync(TaskBatch batch, CancellationToken cancellationToken = default);

    /// <summary>How far the run is.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<RunStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>The rollout of an ordinal, or null when the run has ended or does not have it.</summary>
    [Alias("Rollout"), AlwaysInterleave]
    Task<RolloutSpec?> RolloutAsync(long ordinal, CancellationToken cancellationToken = default);

    /// <summary>The rollout of an ordinal, as cancelled, that had not ended when its run was cancelled or failed; else null.</summary>
    [Alias("Abandoned"), AlwaysInterleave]
    Task<RolloutSpec?> AbandonedAsync(long ordinal, CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether an attempt at a rollout is the one at work, and no newer one. It is stored once more before it is said, so that an activation that another one has left behind
    /// learns of it here.
    /// </summary>
    [Alias("IsAtWork"), AlwaysInterleave]
    Task<bool> IsAtWorkAsync(long ordinal, int attempt, CancellationToken cancellationToken = default);

    /// <summary>Takes the outcome of an ordinal; the second time changes nothing. Returns when it is stored.</summary>
    [Alias("Complete"), AlwaysInterleave]
    Task CompleteAsync(RolloutOutcome outcome, CancellationToken cancellationToken = default);

    /// <summary>
    /// Outcomes in the order they came in, from a position on; fewer than asked for means there are no more yet. An ordinal that was resumed comes once more, and the
    /// last counts.
    /// </summary>
    [Alias("Outcomes"), AlwaysInterleave]
    Task<OutcomePage> OutcomesAsync(long from, CancellationToken cancellationToken = default);

    /// <summary>Wakes the run after a restart; harmless at any time.</summary>
    [Alias("Poke"), AlwaysInterleave]
    Task PokeAsync(CancellationToken cancellationToken = default);

    /// <summary>Cancels one task of the standing run by its ordinal, or, with null, the whole run.</summary>
    [Alias("Cancel")]
    Task<RunStatus> CancelAsync(long? ordinal, CancellationToken cancellationToken = default);

    /// <summary>
    /// Goes on with one episode that a fault ended, or, with null, with all of them, also when the run has completed. Those that are at work again already stay so.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such run, it was cancelled or failed, or it has no such faulted episode.</exception>
    /// <exception cref="QueueFullException">The run has completed, and as many others are under way as may be.</exception>
    [Alias("Resume")]
    Task<ResumedEpisodes> ResumeAsync(long? ordinal, CancellationToken cancellationToken = default);
}

/// <summary>Tasks for the standing run.</summary>
/// <param name="BatchId">Id of this command: a batch that is sent twice is taken once, with fewer than 256 others between.</param>
/// <param name="Tasks">At most 1,000 tasks.</param>
/// <param name="OnlyNew">Whether tasks are left out that the run has already, compared by all that they say.</param>
public sealed record TaskBatch(string BatchId, ImmutableArray<Core.Tasks.AgentTask> Tasks, bool OnlyNew = false);

/// <summary>Tasks taken.</summary>
/// <param name="FirstOrdinal">Ordinal of the first task added; the others follow.</param>
/// <param name="Added">Tasks added: fewer than were sent where only new ones were wanted.</param>
public sealed record TasksAdded(long FirstOrdinal, int Added);

/// <summary>How one rollout ended.</summary>
/// <param name="Ordinal">Its ordinal in the run.</param>
/// <param name="Version">Version that decided; null for floors.</param>
/// <param name="Trajectory">Blob of the ended episode.</param>
/// <param name="Status">How the episode ended.</param>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Result">What evaluation counts.</param>
public sealed record RolloutOutcome(
    long Ordinal, int? Version, string Trajectory, EpisodeStatus Status, double Return, Outcome Result)
{
    /// <summary>How often the episode had been resumed; 0 for a first attempt.</summary>
    public int Resumed { get; init; }
}

/// <summary>What became of a command to resume.</summary>
/// <param name="Ordinals">Ordinals that are at work again.</param>
/// <param name="Refused">Those that cannot be resumed, each with its reason.</param>
public sealed record ResumedEpisodes(ImmutableArray<long> Ordinals, ImmutableArray<string> Refused);

/// <summary>A page of outcomes.</summary>
/// <param name="Outcomes">The outcomes.</param>
/// <param name="Next">Position after the last one.</param>
public sealed record OutcomePage(ImmutableArray<RolloutOutcome> Outcomes, long Next);
