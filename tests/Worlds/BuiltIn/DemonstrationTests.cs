using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Simulation")]
public sealed class DemonstrationTests
{
    [Fact]
    public async Task Demonstrator_TrainingTasks_SolvesMostWithSomeMistakesAndFewStepsAreNoCandidates()
    {
        var world = BuiltInWorld.Create();
        var episodes = new List<Episode>();
        foreach (var task in world.Tasks.Where(task => world.Labels(task).Split == Split.Train).Take(200))
        {
            episodes.Add(await PlayAsync(world, EpisodeEngine.Begin(new EpisodeId("demo", episodes.Count), world.Id, task, 1)));
        }

        var solved = episodes.Count(episode => episode.Verdict == Verdict.Solved);
        var batch = TrajectoryBatch.Read(episodes, world, new FeatureExtractor(), 1, areDemonstrations: true);
        Assert.InRange(solved, 140, 199);
        Assert.Equal((200, 0), (batch.Episodes.Count, batch.Dropped));
        Assert.Equal(episodes.Sum(episode => episode.Steps.Length), batch.Batch.Decisions + batch.DroppedSteps);
        Assert.InRange(batch.DroppedSteps, 0, batch.Batch.Decisions / 10);
    }

    private static async Task<Episode> PlayAsync(BuiltInWorld world, Episode episode)
    {
        while (!episode.HasEnded)
        {
            var decision = await world.Demonstrator!.DecideAsync(EpisodeEngine.Situate(episode, world), DecisionMode.Demonstrated, EpisodeEngine.ChoiceSeed(episode), default);
            episode = EpisodeEngine.Decide(episode, decision);
            if (episode.Pending is not null)
            {
                var request = EpisodeEngine.Request(episode);
                episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
            }
        }

        return EpisodeEngine.Close(episode, world, new RewardOptions());
    }
}
