using StepTool.Core.Worlds;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Simulation")]
public sealed class DifficultyTests(ITestOutputHelper output)
{
    private const double GreedyBound = 0.40;
    private const double RandomBound = 0.02;
    private const double CueBound = 0.60;

    [Fact]
    public void Oracle_AllTasks_SolvesEveryOne()
    {
        var world = Play.World;
        Assert.Equal(1.0, Play.PassRate(world, world.Tasks, _ => world.Oracle));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_LongChains_PassesUnderTwoPercent(int depth)
    {
        var rate = Play.PassRate(Play.World, Play.Tasks(Play.World, Split.Test, depth), Play.Random(1));
        output.WriteLine($"depth {depth}: {rate:P1}");
        Assert.True(rate < RandomBound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bm25WithGreedyTyping_BestNumberOfCalls_PassesUnderFortyPercent(bool isGated)
    {
        var tasks = Play.Tasks(Play.World, Split.Test);
        var rates = Enumerable.Range(1, 6).Select(calls => Play.PassRate(Play.World, tasks, Play.Bm25(calls, isGated))).ToArray();
        output.WriteLine(string.Join(" ", rates.Select(rate => $"{rate:P1}")));
        Assert.True(rates.Max() < GreedyBound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void CuePolicy_UnseenTools_SolvesMost(int depth)
    {
        var rate = Play.PassRate(Play.World, Play.Tasks(Play.World, Split.Test, depth), _ => CuePolicy.Choose);
        output.WriteLine($"depth {depth}: {rate:P1}");
        Assert.True(rate > CueBound);
    }
}
