using Orleans.Concurrency;
using StepTool.Core.Runs;

namespace StepTool.Grains.Contracts;

/// <summary>The loop that learns one policy, keyed by policy: takes batches from the log, updates, publishes.</summary>
[Alias("StepTool.ITrainerGrain")]
public interface ITrainerGrain : IGrainWithStringKey
{
    /// <summary>Creates the policy's version 0 when it has none, and returns its newest version.</summary>
    /// <param name="settings">How it will learn.</param>
    /// <param name="start">Policy whose newest version version 0 is a copy of; null for random weights.</param>
    /// <param name="run">The run that asks.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">The settings are out of range, there is no policy to start from, or a policy of another architecture has this name.</exception>
    [Alias("Prepare")]
    Task<PolicyHead> PrepareAsync(TrainingSettings settings, string? start, string run, CancellationToken cancellationToken = default);

    /// <summary>Trains until the order is done. Giving an order again changes nothing.</summary>
    /// <returns>Training ordinal of the order's first episode; the others follow. Ordinals are never given twice.</returns>
    /// <exception cref="ArgumentException">Another run is training the policy.</exception>
    [Alias("Train")]
    Task<long> TrainAsync(TrainingOrder order, CancellationToken cancellationToken = default);

    /// <summary>Wakes the trainer; harmless at any time.</summary>
    [Alias("Poke"), AlwaysInterleave]
    Task PokeAsync(CancellationToken cancellationToken = default);

    /// <summary>What the trainer is doing, and where.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<TrainerStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>How far the trainer is behind; null when no order is open.</summary>
    [Alias("Load"), AlwaysInterleave]
    Task<TrainerLoad?> LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops a run's order before the next mini-batch; what was not published is not learnt. Changes nothing when the open order is another run's.</summary>
    [Alias("Stop"), AlwaysInterleave]
    Task StopAsync(string run, CancellationToken cancellationToken = default);
}

/// <summary>An order to train.</summary>
/// <param name="Run">The run that gives it.</param>
/// <param name="World">Reference of the world whose documentation the trajectories speak of.</param>
/// <param name="Settings">How to learn.</param>
/// <param name="BatchSize">Episodes an update.</param>
/// <param name="Deterministic">Whether batch k is exactly the ordinals [kB, (k+1)B).</param>
/// <param name="UntilVersion">Version with which the order is done.</param>
/// <param name="UntilTurns">Turns learnt from over the policy's life with which it is done before; 0 for none.</param>
/// <param name="FirstOrdinal">Ordinal, in the run, of the order's first episode.</param>
/// <param name="KeptVersions">Versions that are kept as training goes on; 0 for all.</param>
public sealed record TrainingOrder(
    string Run, string World, TrainingSettings Settings, int BatchSize, bool Deterministic, int UntilVersion, long UntilTurns = 0, long FirstOrdinal = 0, int KeptVersions = 0)
{
    /// <summary>Whether a version is the last of the order.</summary>
    public bool IsDoneBy(PolicyManifest latest) => latest.Version >= UntilVersion || (UntilTurns > 0 && latest.Turns >= UntilTurns);
}

/// <summary>What a trainer is doing.</summary>
/// <param name="IsTraining">Whether an order is open.</param>
/// <param name="Version">Newest published version.</param>
/// <param name="Failure">Why it stopped; empty while all is well.</param>
/// <param name="Silo">Name of the silo where it runs.</param>
/// <param name="IsOnGpu">Whether that silo is labelled gpu=true; where no silo is, a trainer runs on any.</param>
public sealed record TrainerStatus(bool IsTraining, int Version, string Failure, string Silo, bool IsOnGpu);
