using System.Text;
using StepTool.Core.Chance;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using Xunit;

namespace StepTool.Tests.Learning.Checkpoints;

[Trait("Kind", "Unit")]
public sealed class PolicyCheckpointTests : IDisposable
{
    private static readonly NetworkWeights Weights = NetworkWeights.Initialise(new CandidateArchitecture(5, 3, 8, 6, 4, shortcut: true), new SeededRandom(1));
    private readonly string _directory = Directory.CreateTempSubdirectory("steptool-policy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Save_ThenLoad_GivesWeightsDescriptionAndStateBack()
    {
        var state = LearnerState.Start(Weights, 0.123456789012345, 7);
        PolicyCheckpoint.Of(state, "candidates/1", new Dictionary<string, string> { ["run"] = "r1", ["parent"] = "v3" }).Save(_directory);

        var loaded = PolicyCheckpoint.Load(_directory, "candidates/1");

        Assert.Equal(Weights.Values.ToArray(), loaded.Weights.Values.ToArray());
        Assert.Equal(Weights.Architecture, loaded.Weights.Architecture);
        Assert.Equal("v3", loaded.Description.Lineage["parent"]);
        Assert.Equal(state.KlCoefficient, loaded.State!.KlCoefficient);
        Assert.Equal(state.Random.ToArray(), loaded.State.Random.ToArray());
    }

    [Fact]
    public void ToBlobs_ReadAndWrittenAgain_GivesTheSameBytes()
    {
        var blobs = PolicyCheckpoint.Of(LearnerState.Start(Weights, 0.1, 7), "candidates/1", new Dictionary<string, string> { ["b"] = "1", ["a"] = "2" }).ToBlobs();

        var again = PolicyCheckpoint.FromBlobs("memory", blobs).ToBlobs();

        Assert.Equal(blobs.Description.ToArray(), again.Description.ToArray());
        Assert.Equal(blobs.Weights.ToArray(), again.Weights.ToArray());
        Assert.Equal(blobs.Optimiser.ToArray(), again.Optimiser.ToArray());
    }

    [Fact]
    public void Save_WithoutStateOverOneWithState_LeavesNoOldOptimiser()
    {
        PolicyCheckpoint.Of(LearnerState.Start(Weights, 0.1, 7), "candidates/1").Save(_directory);
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);

        Assert.Null(PolicyCheckpoint.Load(_directory).State);
        Assert.Equal(2, Directory.GetFiles(_directory).Length);
    }

    [Fact]
    public void Load_OtherFeatureSchema_NamesExpectedFoundAndRemedy()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);

        Refused(PolicyCheckpoint.DescriptionFile, () => PolicyCheckpoint.Load(_directory, "candidates/2"), "key 'featureSchema' is 'candidates/1', expected 'candidates/2'", "train again");
    }

    [Fact]
    public void Load_OtherArchitecture_NamesExpectedFoundAndRemedy()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        Edit(text => text.Replace("candidate-network/1", "transformer/9", StringComparison.Ordinal));

        Refused(PolicyCheckpoint.DescriptionFile, () => PolicyCheckpoint.Load(_directory), "'transformer/9', expected 'candidate-network/1'", "steptool train");
    }

    [Fact]
    public void Load_OtherWidths_NamesTheTensorAndBothShapes()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        Edit(text => text.Replace("\"firstHidden\": 8", "\"firstHidden\": 9", StringComparison.Ordinal));

        Refused(PolicyCheckpoint.WeightsFile, () => PolicyCheckpoint.Load(_directory), "tensor 'first.candidate.weight' has shape [5, 8], policy.json asks for [5, 9]");
    }

    [Fact]
    public void Load_WidthOutOfRange_NamesIt()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        Edit(text => text.Replace("\"firstHidden\": 8", "\"firstHidden\": 0", StringComparison.Ordinal));

        Refused(PolicyCheckpoint.DescriptionFile, () => PolicyCheckpoint.Load(_directory), "The width 'firstHidden' is 0; it must be from 1 to 4096");
    }

    [Fact]
    public void Load_BrokenDescription_NamesLineAndKey()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        Edit(text => text.Replace("\"valueHidden\": 4", "\"valueHidden\": \"four\"", StringComparison.Ordinal));

        Refused(PolicyCheckpoint.DescriptionFile, () => PolicyCheckpoint.Load(_directory), "line 10, key '$.valueHidden'");
    }

    [Theory]
    [InlineData(PolicyCheckpoint.DescriptionFile)]
    [InlineData(PolicyCheckpoint.WeightsFile)]
    public void Load_MissingFile_NamesItAndTheRemedy(string file)
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        File.Delete(Path.Combine(_directory, file));

        Refused(file, () => PolicyCheckpoint.Load(_directory), "the file is missing", "check the path given to --policy");
    }

    [Fact]
    public void Load_CutWeights_SaysSo()
    {
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        var file = Path.Combine(_directory, PolicyCheckpoint.WeightsFile);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^10]);

        Refused(PolicyCheckpoint.WeightsFile, () => PolicyCheckpoint.Load(_directory), "The file is cut");
    }

    [Theory]
    [InlineData(PolicyCheckpoint.DescriptionFile)]
    [InlineData(PolicyCheckpoint.WeightsFile)]
    [InlineData(PolicyCheckpoint.OptimiserFile)]
    public void Load_EmptyFile_SaysThatItIsCut(string file)
    {
        PolicyCheckpoint.Of(LearnerState.Start(Weights, 0.1, 7), "candidates/1").Save(_directory);
        File.WriteAllBytes(Path.Combine(_directory, file), []);

        Refused(file, () => PolicyCheckpoint.Load(_directory), "the file is empty");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "")]
    public void Load_WeightNotFinite_NamesTensorIndexAndRemedy(float bad, string shown)
    {
        var tensors = SafetensorsReader.Read("memory", PolicyCheckpoint.Of(Weights, "candidates/1").ToBlobs().Weights);
        var spoiled = tensors.Tensors.Select(tensor => tensor.Name == "second.bias" ? tensor with { Values = Spoiled(tensor.Values, 4, bad) } : tensor);
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        File.WriteAllBytes(
            Path.Combine(_directory, PolicyCheckpoint.WeightsFile), SafetensorsWriter.Write(tensors with { Tensors = [.. spoiled] }));

        Refused(PolicyCheckpoint.WeightsFile, () => PolicyCheckpoint.Load(_directory), $"tensor 'second.bias' is {shown}", "at index 4", "policy rollback");
    }

    [Fact]
    public void Load_TensorMissingOrForeign_NamesIt()
    {
        var tensors = SafetensorsReader.Read("memory", PolicyCheckpoint.Of(Weights, "candidates/1").ToBlobs().Weights);
        PolicyCheckpoint.Of(Weights, "candidates/1").Save(_directory);
        var file = Path.Combine(_directory, PolicyCheckpoint.WeightsFile);

        File.WriteAllBytes(file, SafetensorsWriter.Write(tensors with { Tensors = [.. tensors.Tensors.Skip(1)] }));
        Refused(PolicyCheckpoint.WeightsFile, () => PolicyCheckpoint.Load(_directory), "tensor 'first.candidate.weight' is missing");

        File.WriteAllBytes(file, SafetensorsWriter.Write(tensors with { Tensors = [.. tensors.Tensors, new SafetensorsTensor("lora.a", [1], new float[1])] }));
        Refused(PolicyCheckpoint.WeightsFile, () => PolicyCheckpoint.Load(_directory), "tensor 'lora.a' has no place");
    }

    private void Edit(Func<string, string> change)
    {
        var file = Path.Combine(_directory, PolicyCheckpoint.DescriptionFile);
        File.WriteAllText(file, change(File.ReadAllText(file, Encoding.UTF8)));
    }

    private void Refused(string file, Action action, params string[] expected)
    {
        var exception = Assert.Throws<PolicyFormatException>(action);
        Assert.StartsWith(Path.Combine(_directory, file) + ": ", exception.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
    }

    private static float[] Spoiled(ReadOnlyMemory<float> values, int index, float bad)
    {
        var copy = values.ToArray();
        copy[index] = bad;
        return copy;
    }
}
