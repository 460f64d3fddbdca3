using System.Collections.Immutable;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>What a run stores. Replaced as a whole, never changed in place.</summary>
[StateVersion(5)]
internal sealed record RunState
{
    /// <summary>The plan; null before the start.</summary>
    public RunPlan? Plan { get; init; }

    /// <summary>Phase of the run.</summary>
    public RunPhase Phase { get; init; }

    /// <summary>Why it failed.</summary>
    public string Failure { get; init; } = "";

    /// <summary>Current stage.</summary>
    public int Stage { get; init; }

    /// <summary>Whether the current stage has begun: its version and training ordinals are pinned.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Version pinned by each stage begun: the version evaluated, or the one that training started from.</summary>
    public ImmutableArray<int> Pinned { get; init; } = [];

    /// <summary>Training ordinal of each begun stage's first episode.</summary>
    public ImmutableArray<long> TrainingFirst { get; init; } = [];

    /// <summary>Ordinals below this one are enqueued.</summary>
    public long Enqueued { get; init; }

    /// <summary>Ordinals that have ended.</summary>
    public OrdinalSet Completed { get; init; } = OrdinalSet.Empty;

    /// <summary>Ordinals whose episode was ended by a fault and is at work again.</summary>
    public ImmutableSortedDictionary<long, ResumedRollout> Resumed { get; init; } = ImmutableSortedDictionary<long, ResumedRollout>.Empty;

    /// <summary>Ordinals that their user cancelled.</summary>
    public OrdinalSet Cancelled { get; init; } = OrdinalSet.Empty;

    /// <summary>Progress of each stage begun.</summary>
    public ImmutableArray<StageProgress> Progress { get; init; } = [];

    /// <summary>When the current stage began.</summary>
    public DateTimeOffset StageBegan { get; init; }

    /// <summary>Blobs of the oldest segments' names, in order, each of <see cref="OutcomeLog.IndexSize"/>.</summary>
    public ImmutableArray<string> Indices { get; init; } = [];

    /// <summary>Blobs of the outcomes after them, in order, each of <see cref="OutcomeLog.SegmentSize"/>.</summary>
    public ImmutableArray<string> Segments { get; init; } = [];

    /// <summary>Outcomes not yet in a segment.</summary>
    public ImmutableArray<RolloutOutcome> Tail { get; init; } = [];

    /// <summary>The standing run's tasks, in chunks.</summary>
    public ImmutableArray<TaskChunk> Chunks { get; init; } = [];
}

/// <summary>A rollout that goes on behind a fault.</summary>
/// <param name="From">The attempt that it goes on from.</param>
/// <param name="Version">Version of the policy that decided in it; null for floors.</param>
internal sealed record ResumedRollout(Resumption From, int? Version);

/// <summary>A chunk of the standing run's tasks.</summary>
/// <param name="BatchId">The command that added it; empty where it is long ago and several may stand together.</param>
/// <param name="First">Ordinal of its first task.</param>
/// <param name="Count">Number of tasks.</param>
/// <param name="Blob">Blob of the tasks.</param>
internal sealed record TaskChunk(string BatchId, long First, int Count, string Blob);
