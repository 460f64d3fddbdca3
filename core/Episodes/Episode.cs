using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;

namespace StepTool.Core.Episodes;

/// <summary>One attempt at a task, from its first situation to its verdict. An ended episode is its trajectory.</summary>
public sealed record Episode
{
    /// <summary>Run and ordinal.</summary>
    public required EpisodeId Id { get; init; }

    /// <summary>The world's id.</summary>
    public required string World { get; init; }

    /// <summary>The task.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>Seed of every sampled choice of this episode.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the last turn offers nothing but Finish: an exploration of training, since an episode without Finish says nothing of the task.</summary>
    public bool FinishesAtBudget { get; init; }

    /// <summary>Whether Finish is offered in the last turn only, where nothing else is: what a policy does when it may not choose when to stop.</summary>
    public bool HoldsFinish { get; init; }

    /// <summary>The attempt at the same task that it still repeats; null where it chooses for itself.</summary>
    public Branch? Branch { get; init; }

    /// <summary>How it is played when a path ends without an answer.</summary>
    public SearchStrategy Strategy { get; init; }

    /// <summary>Paths that a search left, in order; empty for one chain.</summary>
    public ImmutableArray<AbandonedPath> Abandoned { get; init; } = [];

    /// <summary>Steps taken so far; with a search, those of the current path.</summary>
    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>A call decided on whose answer is not known yet, or never was because a fault ended the episode; null between steps.</summary>
    public Decision? Pending { get; init; }

    /// <summary>Running, or how the episode ended.</summary>
    public EpisodeStatus Status { get; init; }

    /// <summary>The composed or given final answer; empty without a Finish.</summary>
    public string FinalAnswer { get; init; } = "";

    /// <summary>The judge's verdict; null while running and for episodes that ended by a fault.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The infrastructure's fault that ended the episode, or null.</summary>
    public EpisodeFault? Fault { get; init; }

    /// <summary>Whether the episode has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Status != EpisodeStatus.Running;

    /// <summary>Whether the episode may be learnt from: not where a fault or its user ended it, nor where a fault stands in place of an answer.</summary>
    [JsonIgnore]
    public bool IsExcluded => Status is EpisodeStatus.Faulted or EpisodeStatus.Cancelled || Steps.Concat(Abandoned.SelectMany(path => path.Steps)).Any(step => step.Fault is not null);

    /// <summary>Turns taken over all paths, the current one included.</summary>
    [JsonIgnore]
    public int TurnsTaken => Steps.Length + Abandoned.Sum(path => path.Steps.Length);

    /// <summary>Sum of all step rewards, undiscounted.</summary>
    [JsonIgnore]
    public double Return => Steps.Sum(step => step.Reward);
}

/// <summary>How far an episode is, or how it ended.</summary>
public enum EpisodeStatus
{
    /// <summary>Not ended.</summary>
    Running,

    /// <summary>The agent finished: terminal.</summary>
    Finished,

    /// <summary>The agent gave up: terminal.</summary>
    GaveUp,

    /// <summary>The budget was spent: truncated.</summary>
    Truncated,

    /// <summary>The infrastructure failed: excluded from training and counted.</summary>
    Faulted,

    /// <summary>Cancelled by its user: excluded from training and counted.</summary>
    Cancelled,
}

/// <summary>The fault that ended an episode.</summary>
/// <param name="Boundary">Which boundary broke: tool, policy, storage or judge.</param>
/// <param name="Message">Detail for the operator.</param>
/// <param name="Tool">The tool's fault, where it was one.</param>
public sealed record EpisodeFault(FaultBoundary Boundary, string Message, ToolFaultKind? Tool = null)
{
    /// <summary>What broke, in a word or two, such as <c>Tool: OutcomeUnknown</c>.</summary>
    public static string Name(FaultBoundary boundary, ToolFaultKind? tool) => tool is { } kind ? $"{boundary}: {kind}" : boundary.ToString();
}

/// <summary>Boundaries that can break under an episode.</summary>
public enum FaultBoundary
{
    /// <summary>A tool or its adapter.</summary>
    Tool,

    /// <summary>A policy or its endpoint.</summary>
    Policy,

    /// <summary>State or blob storage.</summary>
    Storage,

    /// <summary>The judge.</summary>
    Judge,
}
