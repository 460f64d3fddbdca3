using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Chance;
using StepTool.Core.Features;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Learning.Checkpoints;

namespace StepTool.Client.Policies;

/// <summary>Policies as folders: out of a cluster, and into one.</summary>
internal static class PolicyFolder
{
    private const int HashDigits = 12;

    /// <summary>Writes a policy's newest version into a folder.</summary>
    /// <exception cref="Refusal">There is no such policy, or the folder cannot be written.</exception>
    public static async Task ExportAsync(Connection connection, string policy, string folder, CancellationToken cancellationToken)
    {
        var head = await connection.Policy(policy).HeadAsync(cancellationToken) ?? throw Refusal.Failed($"There is no policy '{policy}'; see 'steptool policy list'.");
        var checkpoint = await connection.Blobs.GetAsync(head.Latest, withLearner: false, cancellationToken);
        try
        {
            checkpoint.Save(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Failed($"The policy cannot be written to '{folder}': {exception.Message} Give another folder with --out.", exception);
        }
    }

    /// <summary>What <c>--policy</c> names: a folder, which is stored and published under its content, or a policy that is there.</summary>
    /// <exception cref="Refusal">It is neither, or the folder holds no policy that this program can use.</exception>
    public static async Task<NamedPolicy> ResolveAsync(Connection connection, string text, CancellationToken cancellationToken)
    {
        if (Directory.Exists(text) || text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return await ImportAsync(connection, text, cancellationToken);
        }

        PolicyReference reference;
        try
        {
            reference = PolicyReference.Parse(text);
        }
        catch (FormatException)
        {
            throw Refusal.Usage($"--policy is '{text}'; it must be a folder, NAME, NAME@latest, NAME@promoted, NAME@7 or floor:NAME. See 'steptool policy list'.");
        }

        if (reference.Pin is PolicyPin.Floor)
        {
            return IsFloor(reference.Name, out var rule) ? new NamedPolicy(reference.Name, reference) : throw Refusal.Usage($"--policy is '{text}'. {rule}");
        }

        var head = await connection.Policy(reference.Name).HeadAsync(cancellationToken)
            ?? throw Refusal.Usage($"--policy is '{text}', which is neither a folder nor a policy; give a folder with policy.json in it, or a name from 'steptool policy list'.");
        return reference.Pin is PolicyPin.Version && reference.Version > head.Latest.Version
            ? throw Refusal.Usage($"--policy is '{text}'; policy '{reference.Name}' has the versions 0 to {head.Latest.Version}. Choose one of them.")
            : new NamedPolicy(text, reference);
    }

    private static bool IsFloor(string name, out string rule)
    {
        try
        {
            _ = Floors.Create(name);
            rule = "";
            return true;
        }
        catch (ArgumentException exception)
        {
            rule = exception.Message;
            return false;
        }
    }

    private static async Task<NamedPolicy> ImportAsync(Connection connection, string folder, CancellationToken cancellationToken)
    {
        PolicyCheckpoint checkpoint;
        try
        {
            checkpoint = PolicyCheckpoint.Load(folder, FeatureSchema.Name);
        }
        catch (PolicyFormatException exception)
        {
            throw Refusal.Failed(exception.Message, exception);
        }

        // Blobs of its own, under its own name: those of the version that it was exported from may be removed.
        var given = checkpoint.ToBlobs();
        var name = $"imported-{StableHash.Content(StableHash.Content(given.Description.Span) + StableHash.Content(given.Weights.Span))[..HashDigits]}";
        var lineage = checkpoint.Description.Lineage.Append(KeyValuePair.Create("importedAs", name)).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        var stored = (checkpoint with { Description = checkpoint.Description with { Lineage = lineage } }).ToBlobs();
        var description = await connection.Blobs.PutAsync(stored.Description, cancellationToken);
        var weights = await connection.Blobs.PutAsync(stored.Weights, cancellationToken);
        await connection.Policy(name).PublishAsync(
            new PolicyManifest(0, -1, description, weights, "", OrdinalSet.Empty, 0, ImmutableSortedDictionary<string, double>.Empty, new TrainingSettings()), cancellationToken);
        return new NamedPolicy(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), new PolicyReference(name, PolicyPin.Version, 0));
    }
}

/// <summary>A policy and what reports call it.</summary>
/// <param name="Name">The name its user gave it.</param>
/// <param name="Reference">The policy.</param>
internal sealed record NamedPolicy(string Name, PolicyReference Reference);
