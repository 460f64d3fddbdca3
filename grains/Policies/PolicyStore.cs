using System.Collections.Immutable;
using System.Globalization;
using StepTool.Core.Features;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;

namespace StepTool.Grains.Policies;

/// <summary>Policies in the blob store: what a manifest's hashes name.</summary>
public static class PolicyStore
{
    /// <summary>Stores a version and returns its manifest; publishing it is the commit.</summary>
    internal static async Task<PolicyManifest> PutAsync(
        this IBlobStore blobs, string policy, LearnerState state, int version, string run, OrdinalSet consumed, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var lineage = new Dictionary<string, string>
        {
            ["policy"] = policy,
            ["version"] = version.ToString(CultureInfo.InvariantCulture),
            ["parent"] = (version - 1).ToString(CultureInfo.InvariantCulture),
            ["method"] = settings.Method,
            ["run"] = run,
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        var stored = PolicyCheckpoint.Of(state, FeatureSchema.Name, lineage).ToBlobs();
        return new PolicyManifest(
            version,
            version - 1,
            await blobs.PutAsync(stored.Description, cancellationToken),
            await blobs.PutAsync(stored.Weights, cancellationToken),
            await blobs.PutAsync(stored.Optimiser, cancellationToken),
            consumed,
            0,
            ImmutableSortedDictionary<string, double>.Empty,
            settings)
        {
            Run = run,
        };
    }

    /// <summary>Reads a version.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="manifest">The version.</param>
    /// <param name="withLearner">Whether training is to go on from it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PolicyFormatException">It is no policy of this version's features and architectures.</exception>
    /// <exception cref="StorageException">A blob cannot be read.</exception>
    public static async Task<PolicyCheckpoint> GetAsync(this IBlobStore blobs, PolicyManifest manifest, bool withLearner, CancellationToken cancellationToken)
    {
        var stored = new PolicyBlobs(
            await blobs.GetAsync(manifest.Description, cancellationToken),
            await blobs.GetAsync(manifest.Weights, cancellationToken),
            withLearner ? await blobs.GetAsync(manifest.Learner, cancellationToken) : ReadOnlyMemory<byte>.Empty);
        return PolicyCheckpoint.FromBlobs($"version {manifest.Version}", stored, FeatureSchema.Name);
    }
}
