using System.Globalization;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;

namespace StepTool.Learning.Checkpoints;

/// <summary>The file of what only further training needs: reference, moments, counters and random state.</summary>
internal static class LearnerStateFile
{
    private const string ReferencePrefix = "reference.";
    private const string FirstMomentPrefix = "moment1.";
    private const string SecondMomentPrefix = "moment2.";

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(LearnerState state)
    {
        var layout = state.Weights.Layout;
        var metadata = new Dictionary<string, string>
        {
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["klCoefficient"] = state.KlCoefficient.ToString("R", CultureInfo.InvariantCulture),
            ["random"] = string.Join(' ', state.Random.ToArray().Select(word => word.ToString("x16", CultureInfo.InvariantCulture))),
        };
        return SafetensorsWriter.Write(new SafetensorsContent(
            metadata,
            [
                .. TensorMapping.ToTensors(layout.All, ReferencePrefix, state.Reference.Memory),
                .. TensorMapping.ToTensors(layout.Trained, FirstMomentPrefix, state.FirstMoment.ToArray()),
                .. TensorMapping.ToTensors(layout.Trained, SecondMomentPrefix, state.SecondMoment.ToArray()),
            ]));
    }

    /// <summary>Reads the file.</summary>
    public static LearnerState Read(string source, NetworkWeights weights, ReadOnlyMemory<byte> bytes)
    {
        var content = SafetensorsReader.Read(source, bytes);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var layout = weights.Layout;
        var reference = NetworkWeights.Create(layout, TensorMapping.FromTensors(source, layout.All, ReferencePrefix, tensors));
        var firstMoment = TensorMapping.FromTensors(source, layout.Trained, FirstMomentPrefix, tensors);
        var secondMoment = TensorMapping.FromTensors(source, layout.Trained, SecondMomentPrefix, tensors);
        var words = Metadata(source, content, "random").Split(' ');
        var random = new ulong[words.Length];
        for (var index = 0; index < words.Length; index++)
        {
            if (words.Length != 4 || !ulong.TryParse(words[index], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out random[index]))
            {
                throw new PolicyFormatException(source, $"metadata 'random' is '{string.Join(' ', words)}'; four hexadecimal words are needed.");
            }
        }

        if (!long.TryParse(Metadata(source, content, "step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            || !double.TryParse(Metadata(source, content, "klCoefficient"), NumberStyles.Float, CultureInfo.InvariantCulture, out var coefficient))
        {
            throw new PolicyFormatException(source, "metadata 'step' or 'klCoefficient' is not a number.");
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
