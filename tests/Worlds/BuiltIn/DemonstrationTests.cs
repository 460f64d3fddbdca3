using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Simulation")]
public sealed class DemonstrationTests
{
    private static readonly BuiltInWorld World = BuiltInWorld.Create(new() { Tasks = 800 });

    [Fact]
    public async Task Demonstrator_TrainingTasks_SolvesMostWithSomeMistakesAndFewStepsAreNoCandidates()
    {
        var episodes = await Demonstrations.PlayAsync(World, 0.2);

        var solved = episodes.Count(episode => episode.Verdict == Verdict.Solved);
        var batch = TrajectoryBatch.Read(episodes, World, new FeatureExtractor(), 1, areDemonstrations: true);
        Assert.InRange((double)solved / episodes.Count, 0.7, 0.99);
        Assert.Equal((episodes.Count, 0), (batch.Episodes.Count, batch.Dropped));
        Assert.Equal(episodes.Sum(episode => episode.Steps.Length), batch.Batch.Decisions + batch.DroppedSteps);
        Assert.Equal(episodes.Sum(episode => episode.Steps.Length), batch.Batch.Turns);
        Assert.InRange(batch.DroppedSteps, 0, batch.Batch.Decisions / 10);
    }

    [Fact]
    public async Task Demonstrator_AnotherRun_PlaysTheSame() =>
        Assert.Equal(await CallsAsync(World, 0.2, runSeed: 1), await CallsAsync(World, 0.2, runSeed: 2));

    [Fact]
    public async Task Demonstrator_AnotherWorldSeed_MakesOthers()
    {
        var other = BuiltInWorld.Create(new() { Tasks = 800, Seed = 2 });
        Assert.NotEqual(await CallsAsync(World, 0.2), await CallsAsync(other, 0.2));
    }

    [Fact]
    public async Task Demonstrator_WithoutMistakes_SolvesEverything() =>
        Assert.All(await Demonstrations.PlayAsync(World, 0), episode => Assert.Equal(Verdict.Solved, episode.Verdict));

    [Fact]
    public async Task Demonstrator_MoreMistakes_SolveLess()
    {
        var (some, more) = (await Demonstrations.PlayAsync(World, 0.2), await Demonstrations.PlayAsync(World, 0.4));
        Assert.InRange(more.Count(IsSolved), 0.3 * more.Count, some.Count(IsSolved) - 1);
    }

    [Fact]
    public void Demonstrator_TasksThatAreNotLearntFrom_AreNotShown() =>
        Assert.Equal([(Split.Train, 1), (Split.Dev, 0), (Split.Test, 0)], World.Tasks.Select(task => (World.Labels(task).Split, World.Demonstrator!.Count(task))).Distinct().Order());

    private static bool IsSolved(Core.Episodes.Episode episode) => episode.Verdict == Verdict.Solved;

    private static async Task<string[]> CallsAsync(BuiltInWorld world, double mistakes, ulong runSeed = 1) =>
        [.. (await Demonstrations.PlayAsync(world, mistakes, runSeed)).Select(episode => string.Join(' ', episode.Steps.Select(step => step.Decision.Action)))];
}
