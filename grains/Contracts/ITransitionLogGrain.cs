using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>Trajectories that wait to be learnt from, keyed by policy. Each ordinal is taken once.</summary>
[Alias("StepTool.ITransitionLogGrain")]
public interface ITransitionLogGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends a trajectory under its ordinal; the second time changes nothing, but that an episode that was resumed takes the place of the excluded one that it
    /// goes on from, as long as no version has consumed that. Returns when it is stored.
    /// </summary>
    [Alias("Append"), AlwaysInterleave]
    Task AppendAsync(TransitionEntry entry, CancellationToken cancellationToken = default);

    /// <summary>The entries not yet consumed, by ordinal.</summary>
    [Alias("Entries"), AlwaysInterleave]
    Task<ImmutableArray<TransitionEntry>> EntriesAsync(CancellationToken cancellationToken = default);

    /// <summary>How many entries there are from an ordinal on.</summary>
    [Alias("Count"), AlwaysInterleave]
    Task<int> CountAsync(long from, CancellationToken cancellationToken = default);

    /// <summary>Forgets ordinals that a published version has consumed, and never takes them again.</summary>
    [Alias("Trim"), AlwaysInterleave]
    Task TrimAsync(Core.Runs.OrdinalSet consumed, CancellationToken cancellationToken = default);
}

/// <summary>A trajectory in the log.</summary>
/// <param name="Ordinal">Training ordinal of the policy.</param>
/// <param name="Trajectory">Blob of the ended episode; null when the episode is excluded from training.</param>
/// <param name="Version">Version that decided.</param>
public sealed record TransitionEntry(long Ordinal, string? Trajectory, int Version)
{
    /// <summary>How often the episode had been resumed; 0 for a first attempt.</summary>
    public int Resumed { get; init; }
}
