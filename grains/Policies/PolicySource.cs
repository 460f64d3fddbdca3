using System.Collections.Concurrent;
using StepTool.Core.Features;
using StepTool.Core.Policies;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Grains.Policies;

/// <summary>Keeps replicas of the versions last used on this silo; a version is immutable, so a replica never goes stale.</summary>
public sealed class PolicySource(IGrainFactory grains, IBlobStore blobs, FeatureExtractor features) : IPolicySource, IDisposable
{
    private const int MaxReplicas = 32;
    private readonly ConcurrentDictionary<(string Weights, int Version), Lazy<Task<IPolicy>>> _replicas = new();
    private readonly ConcurrentDictionary<string, IPolicy> _floors = new(StringComparer.Ordinal);
    private readonly ManagedBackend _backend = new(threads: 1); // decisions run side by side; each is too small to be shared

    /// <inheritdoc/>
    public async ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken)
    {
        if (reference.Pin is PolicyPin.Floor)
        {
            return new PinnedPolicy(Floor(reference.Name), null);
        }

        var manifest = await ResolveAsync(reference, cancellationToken)
            ?? throw new PolicyException($"Policy '{reference}' does not exist; see 'steptool policy list'.");
        if (manifest.IsRemoved)
        {
            throw new PolicyException($"Policy '{reference}' was removed, as fewer versions are kept; see 'steptool policy show {reference.Name}'.");
        }

        if (_replicas.Count > MaxReplicas)
        {
            _replicas.Clear(); // versions come and go in order; the next episodes load what they need again
        }

        var loading = _replicas.GetOrAdd((manifest.Weights, manifest.Version), _ => new Lazy<Task<IPolicy>>(() => LoadAsync(manifest))).Value;
        try
        {
            return new PinnedPolicy(await loading.WaitAsync(cancellationToken), manifest.Version);
        }
        catch (Exception exception) when (loading.IsFaulted)
        {
            _replicas.TryRemove((manifest.Weights, manifest.Version), out _); // the next one to ask tries again
            if (exception is StorageException && !StorageException.IsDamage(exception))
            {
                throw; // it will be there when the storage works again
            }

            throw new PolicyException($"Policy '{reference}' cannot be loaded: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();

    private IPolicy Floor(string name)
    {
        try
        {
            return _floors.GetOrAdd(name, Floors.Create);
        }
        catch (ArgumentException exception)
        {
            throw new PolicyException(exception.Message, exception);
        }
    }

    private async ValueTask<PolicyManifest?> ResolveAsync(PolicyReference reference, CancellationToken cancellationToken)
    {
        var policy = grains.GetGrain<IPolicyGrain>(reference.Name);
        if (reference.Pin is PolicyPin.Version)
        {
            return await policy.ManifestAsync(reference.Version, cancellationToken);
        }

        var head = await policy.HeadAsync(cancellationToken);
        return reference.Pin is PolicyPin.Promoted ? head?.Promoted : head?.Latest;
    }

    private async Task<IPolicy> LoadAsync(PolicyManifest manifest)
    {
        var checkpoint = await blobs.GetAsync(manifest, withLearner: false, default);
        return new CandidatePolicy(new CandidateScorer(checkpoint.Weights, _backend), features, manifest.Version);
    }
}
