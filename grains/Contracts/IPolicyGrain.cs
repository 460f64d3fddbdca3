using System.Collections.Immutable;
using Orleans.Concurrency;
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

    /// <summary>Makes a version the one that serves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    [Alias("Promote")]
    Task<PolicyHead> PromoteAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>Goes back to the version promoted before the current one.</summary>
    /// <exception cref="InvalidOperationException">None was promoted before.</exception>
    [Alias("RollBack")]
    Task<PolicyHead> RollBackAsync(CancellationToken cancellationToken = default);
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
}

/// <summary>The ends of a policy's chain.</summary>
/// <param name="Latest">The newest version.</param>
/// <param name="Promoted">The version that serves.</param>
/// <param name="Consumed">All training ordinals that the chain has consumed.</param>
public sealed record PolicyHead(PolicyManifest Latest, PolicyManifest Promoted, OrdinalSet Consumed);
