using System.Collections.Immutable;
using Orleans.Concurrency;
using StepTool.Core.Episodes;

namespace StepTool.Grains.Contracts;

/// <summary>
/// One shard of the queue of rollouts, keyed by its number: at most <see cref="Capacity"/> rollouts. It stores what was enqueued and completed;
/// leases live in memory, so a shard that comes back offers again whatever is incomplete.
/// </summary>
[Alias("StepTool.IRolloutQueueGrain")]
public interface IRolloutQueueGrain : IGrainWithStringKey
{
    /// <summary>Rollouts a shard holds at most.</summary>
    const int Capacity = 512;

    /// <summary>Adds rollouts; those already there are not added again. Returns how many of them were taken: fewer when the shard is full.</summary>
    [Alias("Enqueue"), AlwaysInterleave]
    Task<int> EnqueueAsync(ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken = default);

    /// <summary>
    /// Leases up to <paramref name="count"/> rollouts to a silo, of those that wait no more than its share among the members of the cluster. A lease ends by
    /// completion, release or time, and when its silo leaves the cluster.
    /// </summary>
    [Alias("Take"), AlwaysInterleave]
    Task<ImmutableArray<EpisodeId>> TakeAsync(string silo, int count, CancellationToken cancellationToken = default);

    /// <summary>Prolongs leases that a silo holds.</summary>
    [Alias("Renew"), AlwaysInterleave]
    Task RenewAsync(string silo, ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken = default);

    /// <summary>Ends a silo's lease, so that another takes the rollout; or makes it that of the silo where the rollout runs already. A lease that is not the silo's stays.</summary>
    [Alias("Release"), AlwaysInterleave]
    Task ReleaseAsync(string silo, EpisodeId rollout, string heir = "", CancellationToken cancellationToken = default);

    /// <summary>Removes a rollout for good. Returns when that is stored.</summary>
    [Alias("Complete"), AlwaysInterleave]
    Task CompleteAsync(EpisodeId rollout, CancellationToken cancellationToken = default);

    /// <summary>How full the shard is.</summary>
    [Alias("Depth"), AlwaysInterleave]
    Task<QueueDepth> DepthAsync(CancellationToken cancellationToken = default);
}

/// <summary>How full a shard is.</summary>
/// <param name="Waiting">Rollouts that nobody holds.</param>
/// <param name="Leased">Rollouts that a silo holds.</param>
public sealed record QueueDepth(int Waiting, int Leased);
