using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

/// <summary>The same weights and batch give the same losses, gradients and weights on both backends. On a GPU too, where there is one.</summary>
[Trait("Kind", "Property")]
public sealed class TorchParityTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string, bool, string> Methods
    {
        get
        {
            TheoryData<string, bool, string> cases = [];
            foreach (var row in Cases)
            {
                foreach (var method in TrainingMethods.All.Concat(TrainingMethods.References))
                {
                    cases.Add((string)row[0], (bool)row[1], method);
                }
            }

            return cases;
        }
    }

    public static TheoryData<string, bool> Cases
    {
        get
        {
            TheoryData<string, bool> cases = new() { { LearnerBackends.TorchCpu, false }, { LearnerBackends.TorchCpu, true } };
            if (LearnerBackends.Obstacle(LearnerBackends.TorchCuda) is null)
            {
                cases.Add(LearnerBackends.TorchCuda, true);
            }

            return cases;
        }
    }

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void Score_SameWeights_GivesTheSameLogProbabilitiesScoresAndValues(string backend, bool shortcut)
    {
        var (weights, batch) = (Weights(shortcut, 1), Batch());
        foreach (var asScores in new[] { false, true })
        {
            var (managed, torch) = (Score(LearnerBackends.Managed, weights, batch, asScores), Score(backend, weights, batch, asScores));

            Close(managed.Candidates, torch.Candidates, asScores ? "scores" : "log-probabilities");
            Close(managed.Values, torch.Values, "values");
        }
    }

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void Gradient_EveryLoss_IsTheSame(string backend, bool shortcut)
    {
        var (weights, batch) = (Weights(shortcut, 1), Batch());
        foreach (var (name, loss) in Losses(weights, Weights(shortcut, 2), batch))
        {
            var (managed, torch) = (Step(LearnerBackends.Managed, weights, batch, loss), Step(backend, weights, batch, loss));

            Close(Figures(managed.Sums), Figures(torch.Sums), $"{name}: loss");
            foreach (var tensor in weights.Layout.Trained)
            {
                Close(tensor.Of(managed.Gradient), tensor.Of(torch.Gradient), $"{name}: gradient of {tensor.Name}");
                Close(tensor.Of(managed.Weights), tensor.Of(torch.Weights), $"{name}: weights of {tensor.Name}");
            }
        }
    }

    [TorchTheory]
    [MemberData(nameof(Methods))]
    public void Update_EveryMethod_GivesTheSameMetricsAndWeights(string backend, bool shortcut, string method)
    {
        var (managed, torch) = (Learn(LearnerBackends.Managed, shortcut, method: method), Learn(backend, shortcut, method: method));

        Assert.Equal(managed.State.Critics.Length, torch.State.Critics.Length);
        Close(managed.Figures, torch.Figures, "metrics");
        Close(managed.State, torch.State, "policy");
        foreach (var (one, other) in managed.State.Critics.Zip(torch.State.Critics))
        {
            Close(one, other, "critic");
        }
    }

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void Checkpoint_OfOneBackend_ContinuesOnTheOther(string backend, bool shortcut)
    {
        var state = Learn(backend, shortcut).State;
        var read = PolicyCheckpoint.FromBlobs("memory", PolicyCheckpoint.Of(state, "candidates/1").ToBlobs()).State;
        var (managed, torch) = (Learn(LearnerBackends.Managed, shortcut, read), Learn(backend, shortcut, state));

        Assert.Equal(torch.State.Step, managed.State.Step);
        Close(managed.State.Weights.Values, torch.State.Weights.Values, "weights");
    }

    [TorchTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_OnTheProcessorTwice_IsTheSameBitByBit(bool shortcut)
    {
        var (weights, batch) = (Weights(shortcut, 1), Batch());
        var loss = new CrossEntropyLoss(batch);

        Assert.Equal(Step(LearnerBackends.TorchCpu, weights, batch, loss).Gradient, Step(LearnerBackends.TorchCpu, weights, batch, loss).Gradient);
    }

    private static IEnumerable<(string Name, IDecisionLoss Loss)> Losses(NetworkWeights weights, NetworkWeights reference, DecisionBatch batch)
    {
        var random = new SeededRandom(5);
        var now = Score(LearnerBackends.Managed, weights, batch);
        var terms = new SurrogateTerms
        {
            Advantages = RandomBatches.Row(random, batch.Decisions),
            Returns = RandomBatches.Row(random, batch.Decisions),
            // Ratios and values stand inside and outside the clip, none at its edge, where rounding would decide.
            EarlierValues = now.Values.Select((value, index) => value + (index % 2 == 0 ? 0.8f : 0.05f)).ToArray(),
            BehaviourLogProbabilities = Enumerable.Range(0, batch.Decisions)
                .Select(index => now.Candidates[batch.Offsets[index] + batch.Chosen[index]] + (index % 4) switch { 0 => 0.8f, 1 => -0.8f, _ => 0.02f }).ToArray(),
            ReferenceLogProbabilities = Score(LearnerBackends.Managed, reference, batch).Candidates,
        };
        int[][] rejected = [.. Enumerable.Range(0, batch.Decisions).Select(decision =>
            Enumerable.Range(0, batch.Offsets[decision + 1] - batch.Offsets[decision]).Where(other => other != batch.Chosen[decision]).Take(decision % 4).ToArray())];
        yield return ("cross-entropy", new CrossEntropyLoss(batch));
        int[][] right = [.. Enumerable.Range(0, batch.Decisions).Select(decision => Enumerable.Range(0, Math.Min(1 + (decision % 3), batch.Offsets[decision + 1] - batch.Offsets[decision])).ToArray())];
        yield return ("set cross-entropy", new SetCrossEntropyLoss(right));
        yield return ("preference", new PreferenceLoss(batch, rejected, terms.ReferenceLogProbabilities, now.Candidates, 0.7));
        yield return ("critic", new CriticLoss(batch, terms.Advantages, terms.Returns));
        yield return ("policy", new SurrogateLoss(new SurrogateOptions { ValueCoefficient = 0, EntropyCoefficient = 0 }, 0, batch, terms));
        yield return ("value", new SurrogateLoss(new SurrogateOptions { ValueCoefficient = 1, EntropyCoefficient = 0 }, 0, batch, terms));
        yield return ("entropy", new SurrogateLoss(new SurrogateOptions { ValueCoefficient = 0, EntropyCoefficient = 1 }, 0, batch, terms));
        yield return ("surrogate", new SurrogateLoss(new SurrogateOptions { ValueCoefficient = 0.5, EntropyCoefficient = 0.02 }, 0.3, batch, terms));
    }

    private static (float[] Candidates, float[] Values) Score(string name, NetworkWeights weights, DecisionBatch batch, bool asScores = false)
    {
        using var backend = LearnerBackends.Create(name, 1);
        var (candidates, values) = (new float[batch.Candidates], new float[batch.Decisions]);
        backend.CreateNetwork(weights.Architecture).Score(weights, batch, RandomBatches.All(batch), candidates, values, asScores);
        return (candidates, values);
    }

    private static (LossSums Sums, float[] Gradient, float[] Weights) Step(string name, NetworkWeights weights, DecisionBatch batch, IDecisionLoss loss)
    {
        using var backend = LearnerBackends.Create(name, 1);
        var (gradient, stepped) = (new float[weights.Layout.TrainedLength], weights.Values.ToArray());
        var sums = backend.CreateNetwork(weights.Architecture).Gradient(weights.Layout, stepped, batch, RandomBatches.All(batch), loss, gradient);
        // An epsilon far above rounding: what has no gradient must not move by the sign of its rounding.
        new AdamW(new AdamWOptions { Epsilon = 1e-4 }, backend).Step(weights.Layout, 1, stepped, gradient, new float[gradient.Length], new float[gradient.Length]);
        return (sums, gradient, stepped);
    }

    // Every third episode is solved, and followed by two that failed from the same history.
    private static (LearnerState State, float[] Figures) Learn(string name, bool shortcut, LearnerState? from = null, string method = "steptool")
    {
        using var backend = LearnerBackends.Create(name, 2);
        var options = new PolicyLearnerOptions { MiniBatchRows = 32, Epochs = 2, KlLimit = null, Optimiser = new AdamWOptions { Epsilon = 1e-4 } };
        var learner = new PolicyLearner(from ?? LearnerState.Start(Weights(shortcut, 1), options.Kl.Coefficient, 1), options, backend);
        var batch = Batch(fewest: 12, most: 12); // equal histories have equal candidates
        List<TrainingEpisode> episodes = [];
        for (var decision = 0; decision < batch.Decisions; decision += 2)
        {
            var solved = episodes.Count % 3 == 0;
            episodes.Add(new TrainingEpisode(decision, [0.1f * (decision % 5), solved ? 1 : 0], [Uniform(decision), Uniform(decision + 1)])
            {
                FinalReward = solved ? 1 : 0,
                Signature = (ulong)decision,
                Histories = [(ulong)episodes.Count / 3, 1000 + (ulong)decision],
                Relevant = [[decision % 12, (decision + 5) % 12], [decision % 7]],
            });
        }

        var metrics = TrainingMethods.Create(method).Update(learner, episodes, batch);
        return (learner.State, [
            (float)metrics.PolicyLoss, (float)metrics.ValueLoss, (float)metrics.Entropy, (float)metrics.KlToReference, (float)metrics.GradientNorm, metrics.Rows,
            .. metrics.Extras.Values.Select(value => (float)value)]);

        float Uniform(int decision) => -MathF.Log(batch.Offsets[decision + 1] - batch.Offsets[decision]);
    }

    private static DecisionBatch Batch(int fewest = 1, int most = 20) => RandomBatches.Create(31, 80, 6, 4, fewest, most);

    private static NetworkWeights Weights(bool shortcut, ulong seed) => NetworkWeights.Initialise(new CandidateArchitecture(6, 4, 16, 12, 8, shortcut), new SeededRandom(seed));

    private static float[] Figures(LossSums sums) =>
        [sums.Rows, (float)sums.Policy, (float)sums.Value, (float)sums.KlToReference, (float)sums.KlToBehaviour, (float)sums.Entropy, (float)sums.Clipped, (float)sums.Agreeing];

    private static void Close(LearnerState expected, LearnerState actual, string name)
    {
        foreach (var tensor in expected.Weights.Layout.Trained)
        {
            Close(tensor.Of(expected.Weights.Values), tensor.Of(actual.Weights.Values), $"{name}: weights of {tensor.Name}");
        }
    }

    /// <summary>Fails where the distance of two vectors is more than the tolerance, relative to the expected one's length.</summary>
    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        double distance = 0, length = 0;
        for (var index = 0; index < expected.Length; index++)
        {
            distance += Math.Pow(expected[index] - actual[index], 2);
            length += Math.Pow(expected[index], 2);
        }

        Assert.True(Math.Sqrt(distance) <= (Tolerance * Math.Sqrt(length)) + 1e-7, $"{name}: {Math.Sqrt(distance)} apart, {Math.Sqrt(length)} long");
    }
}
