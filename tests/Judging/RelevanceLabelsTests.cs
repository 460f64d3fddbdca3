using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Policies;
using StepTool.Tests.Worlds;
using Xunit;

namespace StepTool.Tests.Judging;

[Trait("Kind", "Unit")]
public sealed class RelevanceLabelsTests
{
    private static readonly BuiltInWorld World = BuiltInWorld.Create(new() { Tasks = 200 });

    [Fact]
    public async Task Of_WayOfTheTruth_NamesItsApisThenFinish()
    {
        foreach (var episode in await Demonstrations.PlayAsync(World, mistakeShare: 0))
        {
            var rights = Enumerable.Range(0, episode.Steps.Length).Select(step => Right(episode with { Steps = episode.Steps[..step] })).ToArray();
            var called = episode.Steps.Where(step => step.Success && step.Call is not null).Select(step => step.Call!.Api).ToHashSet();
            Assert.All(rights[0], candidate => Assert.IsType<CallApi>(candidate.Action));
            Assert.Superset(called, rights[0].Select(candidate => ((CallApi)candidate.Action).Call.Api).ToHashSet());
            Assert.IsType<Finish>(Assert.Single(rights[^1]).Action);
        }
    }

    [Fact]
    public async Task Of_CalledApis_AreNotRightAgain()
    {
        foreach (var episode in await Demonstrations.PlayAsync(World, mistakeShare: 0.4))
        {
            var right = Right(episode with { Steps = episode.Steps[..^1] }).Select(candidate => candidate.Action).OfType<CallApi>().Select(call => call.Call.Api);
            Assert.Empty(right.Intersect(episode.Steps[..^1].Select(step => step.Call!.Api)));
        }
    }

    [Fact]
    public async Task Of_LastTurn_IsFinish()
    {
        var episode = (await Demonstrations.PlayAsync(World, mistakeShare: 1))[0];
        Assert.Equal(episode.Task.MaxTurns, episode.Steps.Length);
        Assert.IsType<Finish>(Assert.Single(Right(episode with { Steps = episode.Steps[..^1] })).Action);
    }

    [Fact]
    public async Task Read_WithLabels_HasThemForEachStepAndWithoutNone()
    {
        var episodes = await Demonstrations.PlayAsync(World);
        var labelled = TrajectoryBatch.Read(episodes, World, new FeatureExtractor(), 1, areDemonstrations: true, readsRelevance: true);
        var bare = TrajectoryBatch.Read(episodes, World, new FeatureExtractor(), 1, areDemonstrations: true);
        Assert.All(labelled.Episodes, episode => Assert.Equal(episode.Steps, episode.Relevant.Count(right => right.Length > 0)));
        Assert.All(bare.Episodes, episode => Assert.Empty(episode.Relevant));
    }

    private static ImmutableArray<Candidate> Right(Episode before)
    {
        var candidates = CandidateGenerator.Enumerate(EpisodeEngine.Situate(before, World));
        return [.. RelevanceLabels.Of(before, candidates, World.Judge).Select(index => candidates[index])];
    }
}
