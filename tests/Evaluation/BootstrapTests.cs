using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using Xunit;
using static StepTool.Tests.Evaluation.OutcomeBuilder;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class BootstrapTests
{
    private static readonly string[] Two = ["a", "b"];

    [Fact]
    public void Resample_TwoComponents_DrawsOnlyTheThreePossibleMeans()
    {
        // By hand: a solved, b not. Two picks of two components: aa 1/4, ab or ba 1/2, bb 1/4.
        var draws = new Bootstrap(2, 1).Resample([Sums([Outcome("a", Verdict.Solved), Outcome("b", Verdict.Unsolved)])])[0];

        Assert.Equal([0, 0.5, 1], draws.Distinct().Order());
        Assert.InRange(draws.Count(draw => draw == 1) / 10_000.0, 0.23, 0.27);
        Assert.InRange(draws.Count(draw => draw == 0.5) / 10_000.0, 0.48, 0.52);
    }

    [Fact]
    public void Resample_ComponentsOfUnequalSize_WeighsByTasks()
    {
        // Component a: 3 tasks solved; b: 1 not. Draws: 1, 3/4, 0.
        Outcome[] outcomes = [.. new[] { "1", "2", "3" }.Select(task => Outcome(task, Verdict.Solved, component: "a")), Outcome("4", Verdict.Unsolved, component: "b")];

        var draws = new Bootstrap(2, 1).Resample([Sums(outcomes)])[0];

        Assert.Equal([0, 0.75, 1], draws.Distinct().Order());
    }

    [Fact]
    public void Resample_FourSeeds_DrawsTasksOnly()
    {
        // Both tasks have the same mean over seeds, so that only drawn seeds could make draws differ.
        var outcomes = Enumerable.Range(1, 4).SelectMany(seed => Two.Select(task => Outcome(task, seed == 1 ? Verdict.Solved : Verdict.Unsolved, seed: seed))).ToList();
        var bootstrap = new Bootstrap(2, 4);

        var draws = bootstrap.Resample([ComponentSums.Of(Metric.PassRate, outcomes, Two, [1, 2, 3, 4])])[0];

        Assert.False(bootstrap.DrawsSeeds);
        Assert.All(draws, draw => Assert.Equal(0.25, draw, 12));
    }

    [Fact]
    public void Resample_FiveSeeds_DrawsSeedsToo()
    {
        var outcomes = Enumerable.Range(1, 5).SelectMany(seed => Two.Select(task => Outcome(task, seed == 1 ? Verdict.Solved : Verdict.Unsolved, seed: seed))).ToList();
        var bootstrap = new Bootstrap(2, 5);

        var draws = bootstrap.Resample([ComponentSums.Of(Metric.PassRate, outcomes, Two, [1, 2, 3, 4, 5])])[0];

        // The solved seed is drawn a binomial(5, 1/5) number of times: never with chance 0.328, mean 0.2.
        Assert.True(bootstrap.DrawsSeeds);
        Assert.InRange(draws.Count(draw => draw == 0) / 10_000.0, 0.31, 0.345);
        Assert.InRange(draws.Average(), 0.19, 0.21);
    }

    [Fact]
    public void Resample_SeedlessFloorBesideSeeds_MatchesItsReplication()
    {
        var once = Two.Select(task => Outcome(task, task == "a" ? Verdict.Solved : Verdict.Unsolved, "floor")).ToList();
        var replicated = Enumerable.Range(1, 5).SelectMany(seed => once.Select(outcome => outcome with { Seed = seed })).ToList();

        var draws = new Bootstrap(2, 5).Resample(
            [ComponentSums.Of(Metric.PassRate, once, Two, [1, 2, 3, 4, 5]), ComponentSums.Of(Metric.PassRate, replicated, Two, [1, 2, 3, 4, 5])]);

        Assert.Equal(draws[0], draws[1]);
    }

    [Fact]
    public void Resample_EqualMethods_DifferInNoDraw()
    {
        var sums = Sums(Method("one", 0.5).Select(outcome => outcome with { Labels = outcome.Labels with { Component = outcome.Task[^1] < '5' ? "a" : "b" } }));

        var draws = new Bootstrap(2, 1).Resample([sums, sums]);

        Assert.All(draws[0].Zip(draws[1]), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Fact]
    public void Resample_ManyQuantities_DrawsAsEachAlone()
    {
        var components = Method("x", 0.5).Select(outcome => outcome.Labels.Component).Distinct().ToList();
        var quantities = Enumerable.Range(1, 9).Select(skill => ComponentSums.Of(Metric.PassRate, Method($"m{skill}", skill / 10.0, seeds: 5), components, [1, 2, 3, 4, 5])).ToList();
        var bootstrap = new Bootstrap(components.Count, 5, 400);

        var together = bootstrap.Resample(quantities);

        Assert.All(quantities, (sums, index) => Assert.Equal(bootstrap.Resample([sums])[0], together[index]));
    }

    [Fact]
    public void Resample_ReferenceSums_MatchesPlainSum()
    {
        // Draws of a quantity that is 1 in one component and 0 elsewhere show that component's count; they must add up to all picks.
        string[] components = ["a", "b", "c", "d", "e", "f", "g"];
        var indicators = components.Select(own => ComponentSums.Of(
            Metric.PassRate, [.. components.Select(name => Outcome(name, name == own ? Verdict.Solved : Verdict.Unsolved))], components, [1])).ToList();

        var draws = new Bootstrap(7, 1, 100).Resample(indicators);

        Assert.All(Enumerable.Range(0, 100), draw => Assert.Equal(1, draws.Sum(counts => counts[draw]), 12));
    }

    [Fact]
    public void Resample_NothingCounts_GivesNoInterval()
    {
        var unfinished = new[] { "a", "b" }.Select(task => Outcome(task, Verdict.Unsolved) with { Ending = Core.Episodes.EpisodeStatus.Truncated }).ToList();
        var sums = ComponentSums.Of(Metric.PassGivenFinish, unfinished, Two, [1]);

        Assert.Null(Interval.Percentile(sums.Estimate, new Bootstrap(2, 1).Resample([sums])[0]));
    }

    [Fact]
    public void Of_MissingSeed_NamesMethodAndSeeds()
    {
        var outcomes = Enumerable.Range(1, 3).Select(seed => Outcome("a", Verdict.Solved, "ppo", seed)).ToList();

        var error = Assert.Throws<ArgumentException>(() => ComponentSums.Of(Metric.PassRate, outcomes, Two, [1, 2, 3, 4, 5]));

        Assert.Contains("ppo was evaluated with seeds 1, 2, 3 and others with 1, 2, 3, 4, 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resample_OtherComponents_NamesBothShapes()
    {
        var error = Assert.Throws<ArgumentException>(() => new Bootstrap(3, 1).Resample([Sums([Outcome("a", Verdict.Solved)])]));

        Assert.Contains("shape [1, 2]; the draws are over [1 or 1, 3]", error.Message, StringComparison.Ordinal);
    }

    private static ComponentSums Sums(IEnumerable<Outcome> outcomes) => ComponentSums.Of(Metric.PassRate, [.. outcomes], Two, [1]);
}
