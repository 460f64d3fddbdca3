using System.Collections.Immutable;
using System.Globalization;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;

namespace StepTool.Learning.Checkpoints;

/// <summary>The file of what only further training needs: reference, moments, counters, random state and critics.</summary>
internal static class LearnerStateFile
{
    private const string ReferencePrefix = "reference.";
    private const string FirstMomentPrefix = "moment1.";
    private const string SecondMomentPrefix = "moment2.";
    private const string Step = "step";
    private const string KlCoefficient = "klCoefficient";
    private const string Random = "random";

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(LearnerState state, IReadOnlyDictionary<string, string> lineage)
    {
        var metadata = new Dictionary<string, string>(lineage);
        var tensors = new List<SafetensorsTensor>();
        Add("", state, metadata, tensors);
        for (var index = 0; index < state.Critics.Length; index++)
        {
            var prefix = CriticPrefix(index);
            Add(prefix, state.Critics[index], metadata, tensors);
            tensors.AddRange(TensorMapping.ToTensors(state.Weights.Layout.All, prefix, state.Critics[index].Weights.Memory));
        }

        return SafetensorsWriter.Write(new SafetensorsContent(metadata, tensors));
    }

    /// <summary>Reads the file.</summary>
    public static LearnerState Read(string source, NetworkWeights weights, ReadOnlyMemory<byte> bytes)
    {
        var content = SafetensorsReader.Read(source, bytes);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var critics = ImmutableArray.CreateBuilder<LearnerState>();
        while (content.Metadata.ContainsKey(CriticPrefix(critics.Count) + Step))
        {
            var prefix = CriticPrefix(critics.Count);
            critics.Add(Take(source, prefix, NetworkWeights.Create(weights.Layout, TensorMapping.FromTensors(source, weights.Layout.All, prefix, tensors)), content, tensors));
        }

        return Take(source, "", weights, content, tensors).WithCritics(critics.ToImmutable());
    }

    private static string CriticPrefix(int index) => string.Create(CultureInfo.InvariantCulture, $"critic{index + 1}.");

    private static void Add(string prefix, LearnerState state, Dictionary<string, string> metadata, List<SafetensorsTensor> tensors)
    {
        var layout = state.Weights.Layout;
        metadata[prefix + Step] = state.Step.ToString(CultureInfo.InvariantCulture);
        metadata[prefix + KlCoefficient] = state.KlCoefficient.ToString("R", CultureInfo.InvariantCulture);
        metadata[prefix + Random] = string.Join(' ', state.Random.ToArray().Select(word => word.ToString("x16", CultureInfo.InvariantCulture)));
        tensors.AddRange(TensorMapping.ToTensors(layout.All, prefix + ReferencePrefix, state.Reference.Memory));
        tensors.AddRange(TensorMapping.ToTensors(layout.Trained, prefix + FirstMomentPrefix, state.FirstMoment.ToArray()));
        tensors.AddRange(TensorMapping.ToTensors(layout.Trained, prefix + SecondMomentPrefix, state.SecondMoment.ToArray()));
    }

    private static LearnerState Take(
        string source, string prefix, NetworkWeights weights, SafetensorsContent content, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
    {
        var layout = weights.Layout;
        var reference = NetworkWeights.Create(layout, TensorMapping.FromTensors(source, layout.All, prefix + ReferencePrefix, tensors));
        var firstMoment = TensorMapping.FromTensors(source, layout.Trained, prefix + FirstMomentPrefix, tensors);
        var secondMoment = TensorMapping.FromTensors(source, layout.Trained, prefix + SecondMomentPrefix, tensors);
        var words = Metadata(source, content, prefix + Random).Split(' ');
        var random = new ulong[words.Length];
        for (var index = 0; index < words.Length; index++)
        {
            if (words.Length != 4 || !ulong.TryParse(words[index], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out random[index]))
            {
                throw new PolicyFormatException(source, $"metadata '{prefix}{Random}' is '{string.Join(' ', words)}'; four hexadecimal words are needed.");
            }
        }

        if (!long.TryParse(Metadata(source, content, prefix + Step), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            || !double.TryParse(Metadata(source, content, prefix + KlCoefficient), NumberStyles.Float, CultureInfo.InvariantCulture, out var coefficient))
        {
            throw new PolicyFormatException(source, $"metadata '{prefix}{Step}' or '{prefix}{KlCoefficient}' is not a number.");
        }

        try
        {
            return new LearnerState(weights, reference, firstMoment, secondMoment, step, coefficient, random);
        }
        catch (ArgumentException exception)
        {
            throw new PolicyFormatException(source, exception.Message, exception);
        }
    }

    private static string Metadata(string source, SafetensorsContent content, string key) => content.Metadata.TryGetValue(key, out var value)
        ? value
        : throw new PolicyFormatException(source, $"metadata '{key}' is missing. Delete the file to use the policy without training it further.");
}
