using StepTool.Core.Chance;
using StepTool.Core.Features;
using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;

namespace StepTool.Bench.Learning;

/// <summary>
/// The whole update of the default policy on 2,304 decisions of 11 to 19 candidates: scores of the policy and of its frozen start, advantages, four epochs of
/// mini-batches of 256 decisions, each with gradient, clipping and AdamW, and all checks for numbers that are not finite.
/// </summary>
internal sealed class PolicyUpdate
{
    private const int Episodes = 384;
    private const int Turns = 6;

    private readonly PolicyLearner _learner;
    private readonly DecisionBatchBuilder _builder = new(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize);
    private readonly List<TrainingEpisode> _episodes = [];

    internal PolicyUpdate(ILearnerBackend backend)
    {
        var random = new SeededRandom(1);
        for (var decision = 0; decision < Episodes * Turns; decision++)
        {
            var candidates = Candidates(decision);
            _builder.Add(Normal(random, FeatureExtractor.SituationSize), Normal(random, candidates * FeatureExtractor.CandidateSize), decision % candidates);
        }

        for (var episode = 0; episode < Episodes; episode++)
        {
            var from = episode * Turns;
            float[] rewards = [.. Enumerable.Range(0, Turns).Select(_ => (float)random.NextDouble())];
            _episodes.Add(new TrainingEpisode(from, rewards, [.. Enumerable.Range(from, Turns).Select(decision => -MathF.Log(Candidates(decision)))]));
        }

        var architecture = new CandidateArchitecture(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, shortcut: true);
        var options = new PolicyLearnerOptions { KlLimit = null, Surrogate = new SurrogateOptions { EntropyCoefficient = 0.02 } };
        _learner = PolicyLearner.Create(architecture, options, 1, backend);
    }

    /// <summary>Makes one update.</summary>
    internal void Run()
    {
        var metrics = _learner.Update(_episodes, _builder.Batch);
        if (metrics.Epochs != 4)
        {
            throw new InvalidOperationException($"The update made {metrics.Epochs} epochs; the benchmark is of 4.");
        }
    }

    private static int Candidates(int decision) => 11 + (decision * 7919 % 9);

    private static float[] Normal(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
}
