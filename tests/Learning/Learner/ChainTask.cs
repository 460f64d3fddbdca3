using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;

namespace StepTool.Tests.Learning.Learner;

/// <summary>
/// A contextual task of some choices in a row, each among 2 to 6 candidates. The situation shows a code and whether the stage is an odd one. A choice is right when its
/// first three features match the code, at odd stages its opposite; the task is solved when all were right, and the right ones before the last earn half as much together.
/// </summary>
internal sealed class ChainTask(ulong seed, int stages = 2)
{
    public const int CandidateFeatures = 6;
    public const int SituationFeatures = 5;
    private readonly SeededRandom _random = new(seed);

    /// <summary>Plays episodes with sampled or best choices and returns the share that were solved.</summary>
    public double Play(NetworkWeights weights, IComputeBackend backend, int episodes, bool greedy, DecisionBatchBuilder builder, List<TrainingEpisode> into)
    {
        var scorer = new CandidateScorer(weights, backend);
        var solved = 0;
        for (var episode = 0; episode < episodes; episode++)
        {
            var from = builder.Batch.Decisions;
            var rewards = new float[stages];
            var logProbabilities = new float[stages];
            var right = true;
            for (var stage = 0; stage < stages; stage++)
            {
                var chosenRight = Step(scorer, stage % 2, greedy, builder, out logProbabilities[stage]);
                right &= chosenRight;
                rewards[stage] = stage < stages - 1 ? (chosenRight ? 0.5f / (stages - 1) : 0) : (right ? 1 : 0);
            }

            solved += right ? 1 : 0;
            into.Add(new TrainingEpisode(from, rewards, logProbabilities) { FinalReward = right ? 1 : 0, Signature = (ulong)from });
        }

        return (double)solved / episodes;
    }

    /// <summary>Adds episodes in which every choice is right.</summary>
    public void Demonstrate(int episodes, DecisionBatchBuilder builder)
    {
        for (var decision = 0; decision < 2 * episodes; decision++)
        {
            var target = Draw(decision % 2, out var situation, out var rows);
            builder.Add(situation, rows, target);
        }
    }

    private bool Step(CandidateScorer scorer, int stage, bool greedy, DecisionBatchBuilder builder, out float logProbability)
    {
        var target = Draw(stage, out var situation, out var rows);
        var logProbabilities = new float[rows.Length / CandidateFeatures];
        scorer.Score(situation, rows, logProbabilities);
        var chosen = greedy ? logProbabilities.IndexOf(logProbabilities.Max()) : Sample(logProbabilities);
        builder.Add(situation, rows, chosen);
        logProbability = logProbabilities[chosen];
        return chosen == target;
    }

    private int Draw(int stage, out float[] situation, out float[] rows)
    {
        var code = new float[] { Sign(), Sign(), Sign() };
        situation = [.. code, stage, 1 - stage];
        var count = 2 + _random.NextInt(5);
        var target = _random.NextInt(count);
        rows = new float[count * CandidateFeatures];
        for (var candidate = 0; candidate < count; candidate++)
        {
            // A wrong candidate differs from the target's pattern in at least one place.
            var flipped = candidate == target ? -1 : _random.NextInt(3);
            for (var feature = 0; feature < CandidateFeatures; feature++)
            {
                var pattern = feature < 3 ? code[feature] * (stage == 0 ? 1 : -1) * (feature == flipped ? -1 : 1) : (float)_random.NextGaussian();
                rows[(candidate * CandidateFeatures) + feature] = pattern;
            }
        }

        return target;
    }

    private int Sample(float[] logProbabilities)
    {
        var left = _random.NextDouble();
        for (var candidate = 0; candidate < logProbabilities.Length; candidate++)
        {
            left -= Math.Exp(logProbabilities[candidate]);
            if (left < 0)
            {
                return candidate;
            }
        }

        return logProbabilities.Length - 1;
    }

    private float Sign() => _random.NextInt(2) == 0 ? -1 : 1;
}
