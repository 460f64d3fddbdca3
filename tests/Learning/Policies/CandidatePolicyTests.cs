using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Policies;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Learning.Policies;

[Trait("Kind", "Unit")]
public sealed class CandidatePolicyTests : IDisposable
{
    private readonly ManagedBackend _backend = new(1);
    private readonly NetworkWeights _weights = NetworkWeights.Initialise(SmallWorld.Architecture, new SeededRandom(5));

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task Decide_Sampled_FollowsItsOwnProbabilities()
    {
        var (policy, situation) = (SmallWorld.Policy(_weights, _backend, version: 3), First());
        var decisions = new List<Decision>();
        for (var seed = 0ul; seed < 3000; seed++)
        {
            decisions.Add(await policy.DecideAsync(situation, DecisionMode.Sampled, StableHash.Combine(1, seed), default));
        }

        Assert.All(decisions.GroupBy(decision => decision.Candidate), group =>
        {
            Assert.Single(group.Select(decision => (decision.Action, decision.LogProbability, decision.Version)).Distinct());
            Assert.InRange(group.Count() / 3000.0, Math.Exp(group.First().LogProbability) - 0.04, Math.Exp(group.First().LogProbability) + 0.04);
        });
    }

    [Fact]
    public async Task Decide_Greedy_IsTheMostProbableWhateverTheSeed()
    {
        var (policy, situation) = (SmallWorld.Policy(_weights, _backend), First());
        var greedy = await policy.DecideAsync(situation, DecisionMode.Greedy, 1, default);
        Assert.Equal(greedy, await policy.DecideAsync(situation, DecisionMode.Greedy, 2, default));
        for (var seed = 0ul; seed < 100; seed++)
        {
            Assert.True((await policy.DecideAsync(situation, DecisionMode.Sampled, seed, default)).LogProbability <= greedy.LogProbability);
        }
    }

    [Fact]
    public async Task Decide_SameSeed_IsTheSame()
    {
        var situation = First();
        var one = await SmallWorld.Policy(_weights, _backend).DecideAsync(situation, DecisionMode.Sampled, 17, default);
        Assert.Equal(one, await SmallWorld.Policy(_weights, _backend).DecideAsync(situation, DecisionMode.Sampled, 17, default));
        Assert.Equal(CandidateGenerator.Enumerate(situation)[one.Candidate].Action, one.Action);
    }

    [Fact]
    public async Task Decide_NothingButFinishOnOffer_IsCertain()
    {
        var situation = First();
        situation = situation with { Task = situation.Task with { MaxTurns = 1 }, FinishesAtBudget = true };
        Assert.Equal(new Decision(new Finish(), 0, 0, 0), await SmallWorld.Policy(_weights, _backend).DecideAsync(situation, DecisionMode.Sampled, 1, default));
    }

    [Theory]
    [InlineData(DecisionMode.Sampled)]
    [InlineData(DecisionMode.Greedy)]
    public void Choose_SteadyState_AllocatesNothing(DecisionMode mode)
    {
        var policy = new CandidatePolicy(new CandidateScorer(_weights, _backend), new FeatureExtractor(), version: 0); // what others keep of the same tasks in theirs would take turns with its own
        var run = SmallWorld.Training(1, 12);
        var situations = Enumerable.Range(0, 12).Select(ordinal => SmallWorld.Play(run.Rollout(ordinal, 0, 0), policy))
            .SelectMany(episode => episode.Steps.Select((_, step) => EpisodeEngine.Situate(episode with { Steps = episode.Steps[..step] }, SmallWorld.World))).ToArray();
        var candidates = Array.ConvertAll(situations, CandidateGenerator.Enumerate);
        ChooseAll();

        var before = GC.GetAllocatedBytesForCurrentThread();
        ChooseAll();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Contains(situations, situation => situation.Steps.Length > 2);

        void ChooseAll()
        {
            for (var index = 0; index < situations.Length; index++)
            {
                policy.Choose(situations[index], candidates[index], mode, (ulong)index);
            }
        }
    }

    [Fact]
    public void Read_OwnTrajectories_GiveTheProbabilitiesTheyWereChosenWith()
    {
        var policy = SmallWorld.Policy(_weights, _backend);
        var run = SmallWorld.Training(1, 24);
        var episodes = Enumerable.Range(0, 24).Select(ordinal => SmallWorld.Play(run.Rollout(ordinal, 0, 0), policy)).ToArray();
        var (one, four) = (TrajectoryBatch.Read(episodes, SmallWorld.World, SmallWorld.Features, 1), TrajectoryBatch.Read(episodes, SmallWorld.World, new(), 4));
        Assert.Equal((0, 24, episodes.Sum(episode => episode.Steps.Length)), (one.Dropped, one.Episodes.Count, one.Batch.Decisions));
        Assert.Equal(one.Batch.Decisions, four.Batch.Decisions);
        for (var index = 0; index < episodes.Length; index++)
        {
            Assert.Equal(episodes[index].Steps.Select(step => (float)step.Reward), one.Episodes[index].Rewards);
            Assert.Equal(one.Episodes[index].From, four.Episodes[index].From);
            for (var step = 0; step < episodes[index].Steps.Length; step++)
            {
                var (decision, row) = (episodes[index].Steps[step].Decision, one.Episodes[index].From + step);
                var logProbabilities = new float[one.Batch.Offsets[row + 1] - one.Batch.Offsets[row]];
                new CandidateScorer(_weights, _backend).Score(
                    one.Batch.SituationFeatures.Slice(row * FeatureExtractor.SituationSize, FeatureExtractor.SituationSize),
                    one.Batch.CandidateFeatures[(one.Batch.Offsets[row] * FeatureExtractor.CandidateSize)..(one.Batch.Offsets[row + 1] * FeatureExtractor.CandidateSize)],
                    logProbabilities);
                Assert.Equal(decision.LogProbability, logProbabilities[decision.Candidate], 1e-4);
            }
        }
    }

    [Fact]
    public void Read_ChoiceThatIsNoCandidateNow_DropsTheEpisodeAndCountsIt()
    {
        var run = SmallWorld.Training(1, 3);
        var episodes = Enumerable.Range(0, 3).Select(ordinal => SmallWorld.Play(run.Rollout(ordinal, 0, 0), SmallWorld.Policy(_weights, _backend))).ToArray();
        var step = episodes[1].Steps[0];
        episodes[1] = episodes[1] with { Steps = episodes[1].Steps.SetItem(0, step with { Decision = step.Decision with { Candidate = step.Decision.Candidate + 1 } }) };
        episodes[2] = episodes[2] with { Steps = episodes[2].Steps.SetItem(0, episodes[2].Steps[0] with { Decision = episodes[2].Steps[0].Decision with { Candidate = -1 } }) };
        var read = TrajectoryBatch.Read(episodes, SmallWorld.World, SmallWorld.Features, 2);
        Assert.Equal((2, 1), (read.Dropped, read.Episodes.Count));
    }

    private static Situation First()
    {
        var rollout = SmallWorld.Training(1, 1).Rollout(0, 0, 0);
        return EpisodeEngine.Situate(rollout.Begin(), SmallWorld.World);
    }
}
