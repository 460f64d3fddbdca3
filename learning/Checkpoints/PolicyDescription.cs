using System.Text.Json;
using System.Text.Json.Serialization;
using StepTool.Core.Serialization;
using StepTool.Learning.Models;

namespace StepTool.Learning.Checkpoints;

/// <summary>What `policy.json` says of a policy: enough to refuse it before a weight is read.</summary>
public sealed record PolicyDescription
{
    /// <summary>The version of this file's layout.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of the file's layout.</summary>
    public required int Format { get; init; }

    /// <summary>The kind of network.</summary>
    public required string Architecture { get; init; }

    /// <summary>What wrote it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The name and version of the feature schema, e.g. "candidates/1".</summary>
    public required string FeatureSchema { get; init; }

    /// <summary>Features of a candidate.</summary>
    public required int CandidateFeatures { get; init; }

    /// <summary>Features of a situation.</summary>
    public required int SituationFeatures { get; init; }

    /// <summary>Width of the layer that sees a candidate alone.</summary>
    public required int FirstHidden { get; init; }

    /// <summary>Width of the layer that sees a candidate beside its rivals.</summary>
    public required int SecondHidden { get; init; }

    /// <summary>Width of the value head's layer.</summary>
    public required int ValueHidden { get; init; }

    /// <summary>Whether a candidate's features also reach its logit directly.</summary>
    public required bool Shortcut { get; init; }

    /// <summary>Where the policy comes from, in free words: run, parent, version, seed.</summary>
    public IReadOnlyDictionary<string, string> Lineage { get; init; } = new Dictionary<string, string>();

    /// <summary>Describes a network.</summary>
    /// <param name="architecture">Its shape.</param>
    /// <param name="featureSchema">The name and version of its features.</param>
    /// <param name="lineage">Where it comes from.</param>
    public static PolicyDescription Of(CandidateArchitecture architecture, string featureSchema, IReadOnlyDictionary<string, string>? lineage = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureSchema);
        return new PolicyDescription
        {
            Format = CurrentFormat,
            Architecture = CandidateArchitecture.Kind,
            CreatedBy = $"StepTool {typeof(PolicyDescription).Assembly.GetName().Version?.ToString(3)}",
            FeatureSchema = featureSchema,
            CandidateFeatures = architecture.CandidateFeatures,
            SituationFeatures = architecture.SituationFeatures,
            FirstHidden = architecture.FirstHidden,
            SecondHidden = architecture.SecondHidden,
            ValueHidden = architecture.ValueHidden,
            Shortcut = architecture.Shortcut,
            Lineage = new SortedDictionary<string, string>(lineage?.ToDictionary() ?? [], StringComparer.Ordinal),
        };
    }

    /// <summary>The bytes of `policy.json`.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, PolicyJson.Default.Of<PolicyDescription>());

    /// <summary>Reads `policy.json`.</summary>
    /// <param name="source">The file or blob, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <exception cref="PolicyFormatException">It is no description, or one of a kind that this version does not know.</exception>
    public static PolicyDescription Read(string source, ReadOnlyMemory<byte> bytes)
    {
        PolicyDescription? description;
        try
        {
            description = JsonSerializer.Deserialize(bytes.Span, PolicyJson.Default.Of<PolicyDescription>());
        }
        catch (JsonException exception)
        {
            throw new PolicyFormatException(source, $"line {exception.LineNumber + 1}, key '{exception.Path}': {exception.Message} Restore the file or publish the policy again.", exception);
        }

        if (description is null || description.Format != CurrentFormat)
        {
            throw new PolicyFormatException(source, $"key 'format' is {description?.Format}, this version reads {CurrentFormat}. Use the version that wrote it: {description?.CreatedBy}.");
        }

        return description.Architecture == CandidateArchitecture.Kind
            ? description
            : throw new PolicyFormatException(
                source,
                $"key 'architecture' is '{description.Architecture}', expected '{CandidateArchitecture.Kind}'. Point to a policy that this version trained, or train one: steptool train --out DIR.");
    }

    /// <summary>The network's shape.</summary>
    /// <param name="source">The file or blob, for messages.</param>
    /// <exception cref="PolicyFormatException">A width is out of range.</exception>
    public CandidateArchitecture Shape(string source)
    {
        try
        {
            return new CandidateArchitecture(CandidateFeatures, SituationFeatures, FirstHidden, SecondHidden, ValueHidden, Shortcut);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new PolicyFormatException(source, exception.Message, exception);
        }
    }
}

/// <summary>The JSON form of descriptions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(PolicyDescription))]
internal sealed partial class PolicyJson : JsonSerializerContext;
