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

    /// <summary>Leases up to <paramref name="count"/> rollouts to a silo; a lease ends by completion, release or time.</summary>
    [Alias("Take"), AlwaysInterleave]
    Task<ImmutableArray<EpisodeId>> TakeAsync(string silo, int count, CancellationToken cancellationToken = default);

    /// <summary>Prolongs leases that a silo holds.</summary>
    [Alias("Renew"), AlwaysInterleave]
    Task RenewAsync(string silo, ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken = default);

    /// <summary>Gives leases back, so that another silo takes the rollouts.</summary>
    [Alias("Release"), AlwaysInterleave]
    Task ReleaseAsync(ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken = default);

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
