using StepTool.Core.Policies.Floors;
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

    public static TheoryData<string> FloorNames => [.. Floors.All];

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
        var rate = Play.PassRate(Play.World, Play.Tasks(Play.World, Split.Test, depth), Play.Floor("random"));
        output.WriteLine($"depth {depth}: {rate:P1}");
        Assert.True(rate < RandomBound);
    }

    [Theory]
    [MemberData(nameof(FloorNames))]
    public void Floor_UnseenTools_PassesUnderFortyPercent(string floor)
    {
        var rate = Play.PassRate(Play.World, Play.Tasks(Play.World, Split.Test), Play.Floor(floor));
        output.WriteLine($"{floor}: {rate:P1}");
        Assert.True(rate < GreedyBound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Bm25WithGreedyTyping_AnyNumberOfCalls_PassesUnderFortyPercent(int calls)
    {
        var rate = Play.PassRate(Play.World, Play.Tasks(Play.World, Split.Test), Play.TypedBm25(calls));
        output.WriteLine($"{calls} calls: {rate:P1}");
        Assert.True(rate < GreedyBound);
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
