using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Rewards;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Recorded;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

/// <summary>Real data, loaded once: what was measured on it must come out again.</summary>
[Trait("Kind", "Simulation")]
public sealed class RecordedDataTests(RecordedDataTests.Loaded loaded) : IClassFixture<RecordedDataTests.Loaded>
{
    [RecordedDataFact]
    public void Pack_RealFolder_LeavesNothingOut()
    {
        Assert.Empty(loaded.Archive.Report.Skipped);
        Assert.InRange(loaded.World.Excluded.Length, 10, 40);
    }

    [RecordedDataFact]
    public void Labels_RealTasks_SplitNearTheirShares()
    {
        var tasks = loaded.World.Tasks;
        Assert.InRange((double)tasks.Count(task => loaded.World.Labels(task).Split == Split.Train) / tasks.Length, 0.5, 0.7);
        Assert.InRange((double)tasks.Count(task => loaded.World.Labels(task).Split == Split.Test) / tasks.Length, 0.17, 0.33);
    }

    // Measured before, on another hash of the split: BM25@5 55 %, tool-BM25@5 61 % of test tasks; listed order must give nothing away.
    [RecordedDataFact]
    public async Task Floors_RealTestTasks_PassAsMeasuredAsync()
    {
        Assert.InRange(await PassRateAsync("bm25@5"), 0.48, 0.64);
        Assert.InRange(await PassRateAsync("tool-bm25@5"), 0.53, 0.69);
        Assert.InRange(await PassRateAsync("listed"), 0.0, 0.2);
        Assert.InRange(await PassRateAsync("random"), 0.0, 0.05);
    }

    [RecordedDataFact]
    public void CompareWithVotes_RealEpisodes_AgreeBeyondChance()
    {
        var all = loaded.World.CompareWithVotes()[^1];
        Assert.InRange(all.Agreement, 0.55, 0.75);
        Assert.InRange(all.Kappa, 0.1, 0.5);
    }

    [RecordedDataFact]
    public async Task Demonstrator_RealEpisodes_ShowsManyTrainingTasksAndSolvesEachAsync()
    {
        var episodes = await Demonstrations.PlayAsync(loaded.World);
        var batch = TrajectoryBatch.Read(episodes, loaded.World, new FeatureExtractor(), 1, areDemonstrations: true);
        Assert.InRange(episodes.Count, 100, 250);
        Assert.InRange(episodes.DistinctBy(episode => episode.Task.Id).Count(), 100, episodes.Count);
        Assert.All(episodes, episode => Assert.Equal((Verdict.Solved, Split.Train), (episode.Verdict!.Value, loaded.World.Labels(episode.Task).Split)));
        Assert.InRange(batch.DroppedSteps / (double)episodes.Sum(episode => episode.Steps.Length), 0.01, 0.5);
    }

    private async Task<double> PassRateAsync(string floor)
    {
        var policy = Floors.Create(floor);
        var tasks = loaded.World.Tasks.Where(task => loaded.World.Labels(task).Split == Split.Test).ToArray();
        var solved = 0;
        foreach (var (ordinal, task) in tasks.Index())
        {
            var episode = EpisodeEngine.Begin(new EpisodeId(floor, ordinal), loaded.World.Id, task, 1);
            while (!episode.HasEnded)
            {
                episode = await EpisodeEngine.ChooseAsync(episode, loaded.World, policy, DecisionMode.Greedy, default);
                episode = episode.Pending is null ? episode : EpisodeEngine.Observe(episode, loaded.World.Answer(EpisodeEngine.Request(episode).Call, 0));
            }

            solved += EpisodeEngine.Close(episode, loaded.World, new RewardOptions()).Closed.Verdict == Verdict.Solved ? 1 : 0;
        }

        return (double)solved / tasks.Length;
    }

    public sealed class Loaded
    {
        private readonly Lazy<RecordedArchive> _archive = new(() => RecordedArchive.Pack(RecordedDataFactAttribute.Folder!));
        private readonly Lazy<RecordedWorld> _world;

        public Loaded() => _world = new Lazy<RecordedWorld>(() => RecordedWorld.Load(Archive.Content, new()));

        public RecordedArchive Archive => _archive.Value;

        public RecordedWorld World => _world.Value;
    }
}
