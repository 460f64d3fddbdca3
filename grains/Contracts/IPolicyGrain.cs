using System.Collections.Immutable;
using Orleans.Concurrency;
using StepTool.Core.Evaluation;
using StepTool.Core.Runs;

namespace StepTool.Grains.Contracts;

/// <summary>The chain of a policy's versions, keyed by policy. A version never changes once published.</summary>
[Alias("StepTool.IPolicyGrain")]
public interface IPolicyGrain : IGrainWithStringKey
{
    /// <summary>Publishes a version when its parent is the newest one (-1 for the first). The commit of an update: returns the head, whoever won.</summary>
    [Alias("Publish")]
    Task<PolicyHead> PublishAsync(PolicyManifest manifest, CancellationToken cancellationToken = default);

    /// <summary>Newest and promoted version, and all ordinals consumed; null when the policy does not exist.</summary>
    [Alias("Head"), AlwaysInterleave]
    Task<PolicyHead?> HeadAsync(CancellationToken cancellationToken = default);

    /// <summary>One version; null when there is none.</summary>
    [Alias("Manifest"), AlwaysInterleave]
    Task<PolicyManifest?> ManifestAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>All versions, oldest first.</summary>
    [Alias("Versions"), AlwaysInterleave]
    Task<ImmutableArray<PolicyManifest>> VersionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a version the one that serves, if that is still <paramref name="from"/>: so that a call that is made again does not undo what came after it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="from">The one that serves as far as the caller knows.</param>
    /// <param name="stage">The stage of a run that asks at its end: it has one word, so that repeating it undoes no roll-back. Empty for people.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The head, whichever version serves.</returns>
    /// <exception cref="ArgumentException">There is no such version, or it was removed.</exception>
    [Alias("Promote")]
    Task<PolicyHead> PromoteAsync(int version, int from, string stage = "", CancellationToken cancellationToken = default);

    /// <summary>Notes what a gate found and, where it passes a version against the one that is still promoted, promotes it. A stage of a run is noted once.</summary>
    [Alias("Judge")]
    Task<PolicyHead> JudgeAsync(GateResult result, CancellationToken cancellationToken = default);

    /// <summary>What gates have found, which versions were promoted, and which are pinned by whom.</summary>
    [Alias("History"), AlwaysInterleave]
    Task<PolicyHistory> HistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps a version from being removed, in the name of a run or a person; that name's earlier pin ends.</summary>
    /// <exception cref="ArgumentException">There is no such version, or it was removed.</exception>
    [Alias("Pin")]
    Task PinAsync(string holder, int version, CancellationToken cancellationToken = default);

    /// <summary>Ends a pin; harmless where there is none.</summary>
    [Alias("Unpin")]
    Task UnpinAsync(string holder, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes the blobs of versions that are not among the newest <paramref name="kept"/>, not promoted (now or before, as far as one can roll back) and not pinned. Their
    /// manifests stay, with a mark. A version made by an older build, whose blobs may be others' too, stays.
    /// </summary>
    /// <returns>The versions removed.</returns>
    [Alias("Retain")]
    Task<ImmutableArray<int>> RetainAsync(int kept, CancellationToken cancellationToken = default);

    /// <summary>Goes back to the version promoted before the current one, if that is still <paramref name="from"/>: so that a call that is made again goes back once.</summary>
    /// <exception cref="InvalidOperationException">None was promoted before.</exception>
    [Alias("RollBack")]
    Task<PolicyHead> RollBackAsync(int from, CancellationToken cancellationToken = default);
}

/// <summary>One published version.</summary>
/// <param name="Version">Number, from 0.</param>
/// <param name="Parent">The version it was trained from; -1 for the first.</param>
/// <param name="Description">Blob of the policy's description: architecture, features, lineage.</param>
/// <param name="Weights">Blob of the weights.</param>
/// <param name="Learner">Blob of what only further training needs: optimiser, frozen start and random state.</param>
/// <param name="Consumed">Training ordinals that this update consumed.</param>
/// <param name="Excluded">How many of them were excluded: faults and cancelled episodes.</param>
/// <param name="Metrics">What the update measured, by name.</param>
/// <param name="Settings">How it learnt.</param>
public sealed record PolicyManifest(
    int Version,
    int Parent,
    string Description,
    string Weights,
    string Learner,
    OrdinalSet Consumed,
    int Excluded,
    ImmutableSortedDictionary<string, double> Metrics,
    TrainingSettings Settings)
{
    /// <summary>Turns that the policy has learnt from up to this version, over its whole life.</summary>
    public long Turns { get; init; }

    /// <summary>The run that made it; empty for imported ones and those of older builds.</summary>
    public string Run { get; init; } = "";

    /// <summary>Ordinals of that run whose episodes this update consumed.</summary>
    public OrdinalSet Episodes { get; init; } = OrdinalSet.Empty;

    /// <summary>The version of another policy that a first version is a copy of, such as <c>start@20</c>; empty where there is none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether its blobs are gone.</summary>
    public bool IsRemoved { get; init; }
}

/// <summary>What a gate found.</summary>
/// <param name="Run">The run that measured.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Version">The version that asked to serve.</param>
/// <param name="Against">The version that served.</param>
/// <param name="Passes">Whether it may serve.</param>
/// <param name="Tasks">Tasks that counted for both.</param>
/// <param name="Difference">Pass rate less that of the version that served; null where there was nothing to compare.</param>
public sealed record GateResult(string Run, string Stage, int Version, int Against, bool Passes, int Tasks, Interval? Difference);

/// <summary>What has happened to a policy's versions.</summary>
/// <param name="Gates">What gates found, oldest first.</param>
/// <param name="Promotions">Versions promoted that one can roll back through, newest last.</param>
/// <param name="Pins">Pinned versions by the run or person that holds them.</param>
public sealed record PolicyHistory(ImmutableArray<GateResult> Gates, ImmutableArray<int> Promotions, ImmutableSortedDictionary<string, int> Pins);

/// <summary>The ends of a policy's chain.</summary>
/// <param name="Latest">The newest version.</param>
/// <param name="Promoted">The version that serves.</param>
/// <param name="Consumed">All training ordinals that the chain has consumed.</param>
public sealed record PolicyHead(PolicyManifest Latest, PolicyManifest Promoted, OrdinalSet Consumed);
