using StepTool.Core.Policies;
using StepTool.Core.Runs;

namespace StepTool.Grains.Policies;

/// <summary>The policies of this silo: floors, and replicas of immutable versions. One a silo; inference crosses no grain call.</summary>
public interface IPolicySource
{
    /// <summary>The policy of a reference; latest and promoted are resolved now.</summary>
    /// <exception cref="PolicyException">There is no such policy or version, or it cannot be loaded.</exception>
    ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken);
}

/// <summary>A policy and the version it is pinned to.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Version">Its version; null for floors.</param>
public sealed record PinnedPolicy(IPolicy Policy, int? Version);
