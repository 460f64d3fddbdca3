using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>Which runs, worlds and policies the cluster knows. One grain, under <see cref="Key"/>.</summary>
[Alias("StepTool.IRunIndexGrain")]
public interface IRunIndexGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "index";

    /// <summary>Keeps a place among the runs under way for one that is about to start; one that is under way or has its place keeps it.</summary>
    /// <exception cref="QueueFullException">As many runs are under way as may be.</exception>
    [Alias("Admit")]
    Task AdmitAsync(string run, CancellationToken cancellationToken = default);

    /// <summary>Notes a run; its world and policies with it. Noting it again changes nothing but whether it is active.</summary>
    [Alias("Note")]
    Task NoteAsync(RunEntry entry, CancellationToken cancellationToken = default);

    /// <summary>All runs, oldest first.</summary>
    [Alias("Runs"), ReadOnly]
    Task<ImmutableArray<RunEntry>> RunsAsync(CancellationToken cancellationToken = default);
}

/// <summary>A run as the index knows it.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="World">Reference of its world.</param>
/// <param name="Policies">Policies that it trains.</param>
/// <param name="IsActive">Whether it still has work.</param>
public sealed record RunEntry(string Run, string World, ImmutableArray<string> Policies, bool IsActive);
