using Orleans.Concurrency;
using StepTool.Core.Episodes;

namespace StepTool.Grains.Contracts;

/// <summary>One task to be solved once, keyed <c>run/ordinal</c>: owns its episode and advances it one bounded step at a time.</summary>
[Alias("StepTool.ITaskGrain")]
public interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Begins or goes on with the episode and returns at once. Calling it again changes nothing.</summary>
    /// <returns>Name of the silo where it runs; empty when it does not, because that silo is leaving.</returns>
    [Alias("Run"), AlwaysInterleave]
    Task<string> RunAsync(CancellationToken cancellationToken = default);

    /// <summary>The episode so far; null when there is none or it has been archived.</summary>
    [Alias("Episode"), AlwaysInterleave]
    Task<Episode?> EpisodeAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the episode between two steps at its user's wish.</summary>
    [Alias("Cancel"), AlwaysInterleave]
    Task CancelAsync(CancellationToken cancellationToken = default);
}
