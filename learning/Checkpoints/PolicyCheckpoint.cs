using StepTool.Learning.Learner;
using StepTool.Learning.Models;

namespace StepTool.Learning.Checkpoints;

/// <summary>A policy as it is stored: description, weights and, for further training, the learner's state.</summary>
/// <param name="Description">What `policy.json` says.</param>
/// <param name="Weights">The weights.</param>
/// <param name="State">The learner's state; null for a policy that is only used.</param>
public sealed record PolicyCheckpoint(PolicyDescription Description, NetworkWeights Weights, LearnerState? State)
{
    /// <summary>The name of the description's file.</summary>
    public const string DescriptionFile = "policy.json";

    /// <summary>The name of the weights' file.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>The name of the learner's file.</summary>
    public const string OptimiserFile = "optimiser.safetensors";

    /// <summary>A checkpoint of weights alone.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="featureSchema">The name and version of the features, e.g. "candidates/1".</param>
    /// <param name="lineage">Where the policy comes from.</param>
    public static PolicyCheckpoint Of(NetworkWeights weights, string featureSchema, IReadOnlyDictionary<string, string>? lineage = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new PolicyCheckpoint(PolicyDescription.Of(weights.Architecture, featureSchema, lineage), weights, null);
    }

    /// <summary>A checkpoint from which training continues as if it had never stopped.</summary>
    /// <param name="state">The learner's state.</param>
    /// <param name="featureSchema">The name and version of the features, e.g. "candidates/1".</param>
    /// <param name="lineage">Where the policy comes from.</param>
    public static PolicyCheckpoint Of(LearnerState state, string featureSchema, IReadOnlyDictionary<string, string>? lineage = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Of(state.Weights, featureSchema, lineage) with { State = state };
    }

    /// <summary>
    /// The checkpoint as bytes. The same checkpoint gives the same bytes; each of the three bears the lineage, so that checkpoints of different lineage share none of them.
    /// </summary>
    public PolicyBlobs ToBlobs()
    {
        var lineage = Description.Lineage.ToDictionary(pair => $"lineage.{pair.Key}", pair => pair.Value);
        return new PolicyBlobs(
            Description.ToBytes(),
            SafetensorsWriter.Write(new SafetensorsContent(
                new Dictionary<string, string>(lineage) { ["format"] = "pt" }, [.. TensorMapping.ToTensors(Weights.Layout.All, "", Weights.Memory)])),
            State is null ? default(ReadOnlyMemory<byte>) : LearnerStateFile.Write(State, lineage));
    }

    /// <summary>Reads a checkpoint from bytes.</summary>
    /// <param name="source">Where the bytes come from, for messages.</param>
    /// <param name="blobs">The bytes.</param>
    /// <param name="expectedSchema">The feature schema that the caller computes; null accepts any.</param>
    /// <exception cref="PolicyFormatException">The bytes are not a whole policy of a known architecture and of that schema.</exception>
    public static PolicyCheckpoint FromBlobs(string source, PolicyBlobs blobs, string? expectedSchema = null)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        var descriptionSource = Path.Combine(source, DescriptionFile);
        var description = PolicyDescription.Read(descriptionSource, blobs.Description);
        if (expectedSchema is not null && description.FeatureSchema != expectedSchema)
        {
            throw new PolicyFormatException(
                descriptionSource,
                $"key 'featureSchema' is '{description.FeatureSchema}', expected '{expectedSchema}'. " +
                $"The policy was trained on other features: use the version that made it ({description.CreatedBy}), or train again.");
        }

        var layout = new ParameterLayout(description.Shape(descriptionSource));
        var weightsSource = Path.Combine(source, WeightsFile);
        var tensors = SafetensorsReader.Read(weightsSource, blobs.Weights).Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var weights = NetworkWeights.Create(layout, TensorMapping.FromTensors(weightsSource, layout.All, "", tensors));
        TensorMapping.RequireNoOthers(weightsSource, layout.All.Select(slice => slice.Name), tensors);
        var state = blobs.Optimiser.IsEmpty ? null : LearnerStateFile.Read(Path.Combine(source, OptimiserFile), weights, blobs.Optimiser);
        return new PolicyCheckpoint(description, weights, state);
    }

    /// <summary>Writes the checkpoint's files into a directory, which is made where it is missing. The description is written last: it makes the policy complete.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        var blobs = ToBlobs();
        var description = Path.Combine(directory, DescriptionFile);
        var optimiser = Path.Combine(directory, OptimiserFile);
        File.Delete(description);
        Replace(Path.Combine(directory, WeightsFile), blobs.Weights);
        if (blobs.Optimiser.IsEmpty)
        {
            File.Delete(optimiser);
        }
        else
        {
            Replace(optimiser, blobs.Optimiser);
        }

        Replace(description, blobs.Description);
    }

    /// <summary>Reads a checkpoint from a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="expectedSchema">The feature schema that the caller computes; null accepts any.</param>
    /// <exception cref="PolicyFormatException">A file is missing or cannot be read, or is not a whole policy of a known architecture and of that schema.</exception>
    public static PolicyCheckpoint Load(string directory, string? expectedSchema = null)
    {
        var optimiser = Path.Combine(directory, OptimiserFile);
        var blobs = new PolicyBlobs(
            ReadFile(Path.Combine(directory, DescriptionFile)),
            ReadFile(Path.Combine(directory, WeightsFile)),
            File.Exists(optimiser) ? ReadFile(optimiser) : default(ReadOnlyMemory<byte>));
        return FromBlobs(directory, blobs, expectedSchema);
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);
            return bytes.Length > 0 ? bytes : throw new PolicyFormatException(file, "the file is empty. It is cut: restore it from a backup or publish the policy again.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PolicyFormatException(file, "the file is missing. A policy is a directory with policy.json and weights.safetensors: check the path given to --policy.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PolicyFormatException(file, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A reader sees the old file or the new one, never a part.</summary>
    private static void Replace(string file, ReadOnlyMemory<byte> bytes)
    {
        var partial = file + ".partial";
        File.WriteAllBytes(partial, bytes.Span);
        File.Move(partial, file, overwrite: true);
    }
}
