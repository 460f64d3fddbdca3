using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Rewards;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;
using StepTool.Tests.Episodes;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Methods;

[Trait("Kind", "Unit")]
public sealed class MethodTests
{
    [Fact]
    public void Create_UnknownName_ListsTheKnownOnes() => Assert.Contains(
        "sft, rft, ppo, eto, archer, steptool", Assert.Throws<ArgumentException>(() => TrainingMethods.Create("grpo")).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_AllNames_AreMethods() => Assert.Equal(7, TrainingMethods.All.Concat(TrainingMethods.References).Select(name => TrainingMethods.Create(name).GetType()).Distinct().Count());

    [Fact]
    public void StepTool_WithFinalRewardAlone_IsPpoWeightForWeight()
    {
        var (steptool, ppo, both) = (Train("steptool", RewardParts.Final), Train("ppo", RewardParts.Both), Train("steptool", RewardParts.Both));

        Assert.Equal(steptool, ppo);
        Assert.NotEqual(both, ppo);
    }

    [Fact]
    public void Rft_Accepted_AreSolvedEpisodesOneForEachSetOfCalls()
    {
        TrainingEpisode[] episodes = [Episode(0, 1, 7), Episode(2, 0, 8), Episode(4, 1, 7), Episode(6, 0.5f, 9), Episode(8, 1, 10)];

        Assert.Equal([0, 8], RftMethod.Accepted(episodes).Select(episode => episode.From));
    }

    [Fact]
    public void Eto_Pairs_ShareAHistoryAndRejectNothingThatSolved()
    {
        // One history, 100: choices 0 and 1 solved, 1 and 2 failed, 3 is unsure. Later histories stand alone.
        var builder = new DecisionBatchBuilder(1, 1);
        foreach (var chosen in new[] { 0, 0, 1, 0, 1, 0, 2, 0, 3, 0 })
        {
            builder.Add([0], [0, 0, 0, 0], chosen);
        }

        float[] outcomes = [1, 1, 0, 0, 0.5f];
        TrainingEpisode[] episodes = [.. outcomes.Select((outcome, index) => Episode(2 * index, outcome, 0, 100, 200 + (ulong)index))];

        var rejected = EtoMethod.Rejected(episodes, builder.Batch);

        Assert.Equal([2], rejected[0]);
        Assert.Equal([2], rejected[2]);
        Assert.All(new[] { 1, 3, 4, 5, 6, 7, 8, 9 }, decision => Assert.Empty(rejected[decision]));
    }

    [Fact]
    public void Eto_Repeated_PrefersWhatSolvedInEveryPair()
    {
        using var backend = new ManagedBackend(1);
        var learner = Create(backend);
        var batch = RandomBatches.Create(4, 40, 6, 4, fewest: 4);
        // Decision 2k is chosen in a solved episode, 2k + 1 is the same situation with the next candidate in an unsolved one.
        var builder = new DecisionBatchBuilder(6, 4);
        List<TrainingEpisode> episodes = [];
        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            var situation = batch.SituationFeatures.Slice(decision * 4, 4);
            var rows = batch.CandidateFeatures[(batch.Offsets[decision] * 6)..(batch.Offsets[decision + 1] * 6)];
            builder.Add(situation, rows, batch.Chosen[decision]);
            builder.Add(situation, rows, (batch.Chosen[decision] + 1) % (rows.Length / 6));
            episodes.Add(new TrainingEpisode(2 * decision, [0], [-1]) { FinalReward = 1, Histories = [(ulong)decision] });
            episodes.Add(new TrainingEpisode((2 * decision) + 1, [0], [-1]) { Histories = [(ulong)decision] });
        }

        for (var update = 0; update < 60; update++)
        {
            new EtoMethod().Update(learner, episodes, builder.Batch);
        }

        var scorer = new CandidateScorer(learner.Weights, backend);
        Assert.All(Enumerable.Range(0, 40), pair =>
        {
            var logs = new float[builder.Batch.Offsets[(2 * pair) + 1] - builder.Batch.Offsets[2 * pair]];
            scorer.Score(builder.Batch.SituationFeatures.Slice(8 * pair, 4), builder.Batch.CandidateFeatures.Slice(builder.Batch.Offsets[2 * pair] * 6, logs.Length * 6), logs);
            Assert.True(logs[builder.Batch.Chosen[2 * pair]] > logs[builder.Batch.Chosen[(2 * pair) + 1]]);
        });
    }

    [Fact]
    public void Archer_Targets_AreTheHandComputedOnes()
    {
        // Two candidates each, probabilities 0.25 and 0.75. Q: 0.1 + 0.95 * 4, then 1 at the end. V: 0.25 * 1 + 0.75 * 3, then 0.25 * 2 + 0.75 * -2.
        var builder = new DecisionBatchBuilder(1, 1);
        builder.Add([0], [0, 0], 0);
        builder.Add([0], [0, 0], 1);
        float[] policy = [MathF.Log(0.25f), MathF.Log(0.75f), MathF.Log(0.25f), MathF.Log(0.75f)];
        var (actions, states) = (new float[2], new float[2]);

        ArcherMethod.Targets([new TrainingEpisode(0, [0.1f, 1], [-1, -1])], builder.Batch, policy, [1, 3, 2, -2], [9, 4], 0.95, actions, states);

        Assert.All(actions.Zip([3.9f, 1f]), pair => Assert.Equal(pair.Second, pair.First, 5));
        Assert.All(states.Zip([2.5f, -1f]), pair => Assert.Equal(pair.Second, pair.First, 5));
    }

    [Fact]
    public void Archer_SoftUpdate_TakesATenthOfTheCritic()
    {
        var shape = new CandidateArchitecture(2, 2, 2, 2, 2);
        var (target, critic) = (NetworkWeights.Initialise(shape, new SeededRandom(1)), NetworkWeights.Initialise(shape, new SeededRandom(2)));
        var blended = ArcherMethod.Blend(target, critic);

        Assert.Equal((0.9f * target.Values[0]) + (0.1f * critic.Values[0]), blended.Values[0], 5);
    }

    [Fact]
    public void Archer_FromItsCheckpoint_GoesOnAsIfItHadNeverStopped()
    {
        using var backend = new ManagedBackend(1);
        var learner = Create(backend);
        var batch = RandomBatches.Create(5, 60, 6, 4, fewest: 2);
        TrainingEpisode[] episodes = [.. Enumerable.Range(0, 30).Select(index => new TrainingEpisode(2 * index, [0.1f, index % 3], [-1, -1]))];
        new ArcherMethod().Update(learner, episodes, batch);
        var blobs = PolicyCheckpoint.Of(learner.State, "test/1").ToBlobs();
        var resumed = new PolicyLearner(PolicyCheckpoint.FromBlobs("memory", blobs).State!, Options, backend);

        new ArcherMethod().Update(learner, episodes, batch);
        new ArcherMethod().Update(resumed, episodes, batch);

        Assert.Equal(2, resumed.State.Critics.Length);
        Assert.NotEqual(resumed.State.Critics[0].Weights.Values.ToArray(), resumed.State.Critics[1].Weights.Values.ToArray());
        Assert.Equal(learner.Weights.Values.ToArray(), resumed.Weights.Values.ToArray());
        Assert.Equal(learner.State.Critics[1].Reference.Values.ToArray(), resumed.State.Critics[1].Reference.Values.ToArray());
    }

    private static PolicyLearnerOptions Options { get; } = new() { MiniBatchRows = 32, Optimiser = new() { LearningRate = 0.01 } };

    private static PolicyLearner Create(ManagedBackend backend) => PolicyLearner.Create(new CandidateArchitecture(6, 4, 16, 16, 8), Options, 1, backend);

    private static TrainingEpisode Episode(int from, float outcome, ulong signature, params ulong[] histories) =>
        new(from, [0, outcome], [-1, -1]) { FinalReward = outcome, Signature = signature, Histories = histories };

    // Random play, some of it without a Finish, scored by parts and learnt from by a method.
    private static float[] Train(string method, RewardParts parts)
    {
        using var backend = new ManagedBackend(1);
        var world = new TinyWorld(maxTurns: 4);
        var random = new SeededRandom(11);
        Episode[] played = [.. Enumerable.Range(0, 60).Select(index => Player.Play(
            world,
            world.Tasks[index % world.Tasks.Length],
            situation =>
            {
                var candidates = CandidateGenerator.Enumerate(situation);
                return candidates[random.NextInt(candidates.Length)].Action;
            },
            new RewardOptions { Parts = parts }))];
        Assert.Contains(played, episode => episode.Status == EpisodeStatus.Truncated && episode.Steps[^1].Success);
        Assert.Contains(played, episode => episode.Return > 0);
        var batch = TrajectoryBatch.Read([.. played.Select(Numbered)], world, new FeatureExtractor(), 1);
        var learner = PolicyLearner.Create(
            new CandidateArchitecture(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, 8, 8, 8), new PolicyLearnerOptions { MiniBatchRows = 32 }, 1, backend);
        TrainingMethods.Create(method).Update(learner, batch.Episodes, batch.Batch);
        return learner.Weights.Values.ToArray();

        Episode Numbered(Episode episode) => episode with
        {
            Steps = [.. episode.Steps.Select((step, index) =>
            {
                var candidates = CandidateGenerator.Enumerate(EpisodeEngine.Situate(episode with { Steps = episode.Steps[..index] }, world));
                var place = Enumerable.Range(0, candidates.Length).First(candidate => candidates[candidate].Action == step.Decision.Action);
                return step with { Decision = step.Decision with { Candidate = place, LogProbability = -Math.Log(candidates.Length) } };
            })],
        };
    }
}
