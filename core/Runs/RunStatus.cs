using System.Collections.Immutable;

namespace StepTool.Core.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Phase">Running, or how it ended.</param>
/// <param name="Stage">Index of the current stage; the number of stages when all are done.</param>
/// <param name="Stages">Progress of each stage begun.</param>
/// <param name="Failure">Why the run failed or, while it is running, what keeps it from going on; empty otherwise.</param>
/// <param name="Command">The command that started it.</param>
/// <param name="World">Reference of its world.</param>
public sealed record RunStatus(
    string Run, RunPhase Phase, int Stage, ImmutableArray<StageProgress> Stages, string Failure, string Command, string World)
{
    /// <summary>Episodes that a fault had ended and that are at work again; also when the run has completed.</summary>
    public int Resuming { get; init; }
}

/// <summary>Progress of a stage.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Kind"><c>train</c>, <c>evaluate</c> or <c>serve</c>.</param>
/// <param name="Done">Ended episodes.</param>
/// <param name="Total">Episodes of the stage.</param>
/// <param name="Updates">Updates published in the stage; 0 for evaluations.</param>
/// <param name="Passed">Sum of verdicts (Solved 1, Unsure 0.5).</param>
/// <param name="Return">Sum of returns.</param>
/// <param name="Turns">Sum of turns.</param>
/// <param name="Faults">Episodes that ended by a fault.</param>
/// <param name="Seconds">Seconds the stage has taken so far.</param>
public sealed record StageProgress(
    string Name, string Kind, long Done, long Total, int Updates, double Passed, double Return, long Turns, long Faults, double Seconds)
{
    /// <summary>Episodes that their user cancelled; runs stored by older builds count them among the faults.</summary>
    public long Cancelled { get; init; }
}

/// <summary>Phases of a run.</summary>
public enum RunPhase
{
    /// <summary>Nothing started under this id.</summary>
    Unknown,

    /// <summary>At work.</summary>
    Running,

    /// <summary>All stages done.</summary>
    Completed,

    /// <summary>Cancelled by its user.</summary>
    Cancelled,

    /// <summary>Stopped by an error that no retry cures.</summary>
    Failed,
}
