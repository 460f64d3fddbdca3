using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Models;

[Trait("Kind", "Property")]
public sealed class CandidateNetworkGradientTests
{
    private static readonly CandidateArchitecture Shape = new(5, 3, firstHidden: 7, secondHidden: 6, valueHidden: 4, shortcut: true);

    public static TheoryData<string> Tensors => [.. new ParameterLayout(Shape).Trained.Select(tensor => tensor.Name)];

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Backward_EveryTensor_AgreesWithFiniteDifferences(string name)
    {
        using var backend = new ManagedBackend(1);
        var network = new CandidateNetwork(backend);
        var layout = new ParameterLayout(Shape);
        var random = new SeededRandom(11);
        var weights = NetworkWeights.Initialise(Shape, random).Values.ToArray();
        for (var index = 0; index < layout.TrainedLength; index++)
        {
            weights[index] += 0.3f * (float)random.NextGaussian();
        }

        var batch = RandomBatches.Create(5, 6, 5, 3);
        var picked = RandomBatches.All(batch);
        var onLogProbabilities = RandomBatches.Row(random, batch.Candidates);
        var onValues = RandomBatches.Row(random, batch.Decisions);
        var activations = new Activations(Shape);

        // The loss is a random linear function of log-probabilities and values; its slope in the logits is that of log softmax.
        double Loss()
        {
            network.Forward(layout, weights, batch, picked, activations);
            return Sum(onLogProbabilities, activations.LogProbabilities) + Sum(onValues, activations.Values);
        }

        Loss();
        var logits = new float[batch.Candidates];
        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            var range = batch.Offsets[decision]..batch.Offsets[decision + 1];
            var total = onLogProbabilities[range].Sum();
            for (var candidate = range.Start.Value; candidate < range.End.Value; candidate++)
            {
                logits[candidate] = onLogProbabilities[candidate] - (MathF.Exp(activations.LogProbabilities[candidate]) * total);
            }
        }

        var gradient = new float[layout.TrainedLength];
        network.Backward(layout, weights, activations, logits, onValues, new GradientWorkspace(), gradient);

        var tensor = layout.Trained.Single(candidate => candidate.Name == name);
        GradientCheck.Agrees(weights, gradient, Loss, name, tensor.Offset, tensor.Length);
        GradientCheck.AgreesAsAWhole(weights, gradient, Loss, name, tensor.Offset, tensor.Length, tolerance: 1e-3);
        Assert.True(tensor.Of(gradient.AsSpan()).ToArray().Any(slope => Math.Abs(slope) > 1e-3), "the tensor has an effect in this check");
    }

    private static double Sum(ReadOnlySpan<float> factors, ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        for (var index = 0; index < factors.Length; index++)
        {
            sum += (double)factors[index] * values[index];
        }

        return sum;
    }
}
