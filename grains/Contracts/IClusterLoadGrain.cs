using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StepTool.Grains.Contracts;

/// <summary>What the cluster has to do and who does it, for autoscalers and people. One grain, under <see cref="Key"/>, which stores nothing.</summary>
[Alias("StepTool.IClusterLoadGrain")]
public interface IClusterLoadGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "load";

    /// <summary>Takes a silo's own figures, which each silo sends every second.</summary>
    [Alias("Report"), AlwaysInterleave]
    Task ReportAsync(SiloLoad load, CancellationToken cancellationToken = default);

    /// <summary>The load as it was within the last second.</summary>
    [Alias("Read"), AlwaysInterleave]
    Task<ClusterLoad> ReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>The load of a cluster.</summary>
/// <param name="Queue">Rollouts that have been enqueued and not ended.</param>
/// <param name="Silos">The silos, by name.</param>
/// <param name="Trainers">Trainers at work, by policy.</param>
/// <param name="Wanted">How many silos this load needs.</param>
public sealed record ClusterLoad(QueueDepth Queue, ImmutableArray<SiloLoad> Silos, ImmutableArray<TrainerLoad> Trainers, WantedSilos Wanted);

/// <summary>The load of a silo.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="InFlight">Episodes in flight.</param>
/// <param name="Capacity">Episodes in flight at most.</param>
public sealed record SiloLoad(string Silo, int InFlight, int Capacity);

/// <summary>The load of a trainer.</summary>
/// <param name="Policy">Its policy.</param>
/// <param name="Lag">Episodes that have been logged for it and not yet consumed.</param>
/// <param name="Silo">Name of the silo where it runs.</param>
/// <param name="IsOnGpu">Whether that silo is labelled gpu=true.</param>
public sealed record TrainerLoad(string Policy, int Lag, string Silo, bool IsOnGpu);

/// <summary>How many silos a load needs.</summary>
/// <param name="Silos">Silos for all rollouts enqueued, at the largest capacity that a silo has now; at least 1 while a run is active.</param>
/// <param name="GpuSilos">Silos with a GPU: one for each trainer at work.</param>
public sealed record WantedSilos(int Silos, int GpuSilos);
