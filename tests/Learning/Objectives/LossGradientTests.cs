using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Objectives;

[Trait("Kind", "Property")]
public sealed class LossGradientTests
{
    private const double Rounding = 1e-6;
    private static readonly CandidateArchitecture Shape = new(4, 3, firstHidden: 6, secondHidden: 5, valueHidden: 4);

    [Theory]
    [InlineData(1.0, 0.0, 0.0)]
    [InlineData(0.0, 1.0, 0.0)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(0.5, 0.3, 0.2)]
    public void SurrogateLoss_AllWeights_AgreeWithFiniteDifferences(double value, double kl, double entropy)
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(31, 12, 4, 3, fewest: 2, most: 5);
        var weights = Weights(1);
        var now = Score(backend, weights, batch);
        var random = new SeededRandom(5);
        var terms = new SurrogateTerms
        {
            Advantages = RandomBatches.Row(random, batch.Decisions),
            Returns = RandomBatches.Row(random, batch.Decisions),
            // Half of the ratios and values stand far outside the clip and half well inside, so no finite difference crosses its edge.
            EarlierValues = now.Values.ToArray().Select((old, index) => old + (index % 2 == 0 ? 0.8f : 0.05f)).ToArray(),
            BehaviourLogProbabilities = Chosen(batch, now).Select((old, index) => old + (index % 4) switch { 0 => 0.8f, 1 => -0.8f, _ => 0.02f }).ToArray(),
            ReferenceLogProbabilities = Score(backend, Weights(2), batch).LogProbabilities.ToArray(),
        };
        var loss = new SurrogateLoss(new SurrogateOptions { ValueCoefficient = value, EntropyCoefficient = entropy }, kl, batch, terms);

        Check(backend, weights, batch, loss, sums => loss.Total(sums));
    }

    [Fact]
    public void CrossEntropyLoss_AllWeights_AgreeWithFiniteDifferences()
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(33, 12, 4, 3, fewest: 2, most: 5);

        Check(backend, Weights(1), batch, new CrossEntropyLoss(batch), sums => sums.Policy / sums.Rows);
    }

    [Fact]
    public void PreferenceLoss_AllWeights_AgreeWithFiniteDifferences()
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(35, 12, 4, 3, fewest: 3, most: 5);
        int[][] rejected = [.. Enumerable.Range(0, 12).Select(decision => Enumerable.Range(0, 3).Where(other => other != batch.Chosen[decision]).ToArray())];
        var reference = Score(backend, Weights(2), batch).LogProbabilities.ToArray();

        Check(backend, Weights(1), batch, new PreferenceLoss(batch, rejected, reference, reference, 0.7), sums => sums.Policy / sums.Rows);
    }

    [Fact]
    public void SetCrossEntropyLoss_AllWeights_AgreeWithFiniteDifferences()
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(37, 12, 4, 3, fewest: 3, most: 5);
        int[][] right = [.. Enumerable.Range(0, 12).Select(decision => Enumerable.Range(0, 1 + (decision % 3)).ToArray())];

        Check(backend, Weights(1), batch, new SetCrossEntropyLoss(right), sums => sums.Policy / sums.Rows);
    }

    [Fact]
    public void CriticLoss_AllWeights_AgreeWithFiniteDifferences()
    {
        using var backend = new ManagedBackend(1);
        var batch = RandomBatches.Create(36, 12, 4, 3, fewest: 2, most: 5);
        var random = new SeededRandom(6);
        var loss = new CriticLoss(batch, RandomBatches.Row(random, batch.Decisions), RandomBatches.Row(random, batch.Decisions));

        Check(backend, Weights(1), batch, loss, sums => sums.Value / sums.Rows);
    }

    internal static void Check(ManagedBackend backend, float[] weights, DecisionBatch batch, IDecisionLoss loss, Func<LossSums, double> total)
    {
        var layout = new ParameterLayout(Shape);
        var network = new CandidateNetwork(backend);
        var picked = RandomBatches.All(batch);
        var activations = new Activations(Shape);
        LossSums Evaluate(float[] logits, float[] values)
        {
            network.Forward(layout, weights, batch, picked, activations);
            return loss.Evaluate(picked, activations, 1.0 / batch.Decisions, logits, values);
        }

        var logitGradient = new float[batch.Candidates];
        var valueGradient = new float[batch.Decisions];
        Evaluate(logitGradient, valueGradient);
        double Loss() => total(Evaluate(new float[batch.Candidates], new float[batch.Decisions]));
        var gradient = new float[layout.TrainedLength];
        network.Backward(layout, weights, activations, logitGradient, valueGradient, new GradientWorkspace(), gradient);

        foreach (var tensor in layout.Trained)
        {
            // What a loss does not reach, such as the critic's tensors, has no gradient at all; a shift of all logits changes nothing but by rounding.
            if (tensor.Of(gradient.AsSpan()).ToArray().All(slope => Math.Abs(slope) < Rounding))
            {
                GradientCheck.Agrees(weights, gradient, Loss, tensor.Name, tensor.Offset, tensor.Length, 1e-4);
            }
            else
            {
                GradientCheck.AgreesAsAWhole(weights, gradient, Loss, tensor.Name, tensor.Offset, tensor.Length, 1e-2);
            }
        }
    }

    internal static float[] Weights(ulong seed)
    {
        var random = new SeededRandom(seed);
        var weights = NetworkWeights.Initialise(Shape, random).Values.ToArray();
        for (var index = 0; index < new ParameterLayout(Shape).TrainedLength; index++)
        {
            weights[index] += 0.3f * (float)random.NextGaussian();
        }

        return weights;
    }

    internal static Activations Score(ManagedBackend backend, float[] weights, DecisionBatch batch)
    {
        var activations = new Activations(Shape);
        new CandidateNetwork(backend).Forward(new ParameterLayout(Shape), weights, batch, RandomBatches.All(batch), activations);
        return activations;
    }

    internal static float[] Chosen(DecisionBatch batch, Activations activations)
    {
        var chosen = new float[batch.Decisions];
        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            chosen[decision] = activations.LogProbabilities[batch.Offsets[decision] + batch.Chosen[decision]];
        }

        return chosen;
    }
}
