using StepTool.Core.Tasks;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Property")]
public sealed class SplitTests(ITestOutputHelper output)
{
    private static readonly BuiltInWorld World = Play.World;

    [Fact]
    public void Tasks_DefaultOptions_ThousandForTestInAHundredComponents()
    {
        var test = Play.Tasks(World, Split.Test);
        Assert.True(test.Length >= 1000);
        Assert.True(test.Select(task => World.Labels(task).Component).Distinct().Count() >= 100);
    }

    [Theory]
    [InlineData(Split.Train, 0.60)]
    [InlineData(Split.Dev, 0.15)]
    [InlineData(Split.Test, 0.25)]
    public void Tasks_EachSplit_HasItsShareAndEqualDepths(Split split, double share)
    {
        var tasks = Play.Tasks(World, split);
        Assert.Equal(share, (double)tasks.Length / World.Tasks.Length, 2);
        Assert.All(Enumerable.Range(1, 4), depth => Assert.Equal(0.25, (double)Play.Tasks(World, split, depth).Length / tasks.Length, 2));
    }

    [Theory]
    [InlineData("plain", 0.60)]
    [InlineData("retriable", 0.12)]
    [InlineData("permanent", 0.08)]
    [InlineData("bait", 0.10)]
    [InlineData("probe", 0.10)]
    public void Tasks_EachKind_HasItsShareInEverySplit(string kind, double share) => Assert.All(
        new[] { Split.Train, Split.Dev, Split.Test },
        split => Assert.Equal(share, (double)Play.Tasks(World, split, kind: kind).Length / Play.Tasks(World, split).Length, 0.01));

    [Fact]
    public void RelevantTools_TwoComponents_ShareNone()
    {
        var owners = World.Tasks
            .SelectMany(task => RelevantApis(task).Select(api => (Tool: $"{api.Category}/{api.Tool}", World.Labels(task).Component)))
            .GroupBy(pair => pair.Tool);
        Assert.All(owners, tool => Assert.Single(tool.Select(pair => pair.Component).Distinct()));
    }

    [Fact]
    public void Offered_AnySplit_NoToolOfAnotherSplit()
    {
        var owners = World.Tasks
            .SelectMany(task => task.Offered.Select(api => (Tool: $"{api.Category}/{api.Tool}", World.Labels(task).Split)))
            .GroupBy(pair => pair.Tool);
        Assert.All(owners, tool => Assert.Single(tool.Select(pair => pair.Split).Distinct()));
    }

    [Fact]
    public void Vocabulary_TrainAndTest_OverlapsInPart()
    {
        var (train, test) = (Terms(Split.Train).ToHashSet(), Terms(Split.Test).ToHashSet());
        var known = (double)test.Count(train.Contains) / test.Count;
        output.WriteLine($"{known:P1} of {test.Count} test words are known from {train.Count} training words");
        Assert.InRange(known, 0.3, 0.8);
    }

    [Fact]
    public void Vocabulary_OneTask_IsMostlyUnheardOfInTraining()
    {
        var train = Terms(Split.Train).CountBy(term => term).ToDictionary();
        var test = Terms(Split.Test).ToArray();
        var rare = (double)test.Count(term => train.GetValueOrDefault(term) < 20) / test.Length;
        output.WriteLine($"{rare:P1} of the words of test queries stand less than 20 times in training queries");
        Assert.InRange(rare, 0.1, 0.9);
    }

    private static IEnumerable<string> Terms(Split split) =>
        Play.Tasks(World, split).SelectMany(task => Tokeniser.Terms(task.Query)).Where(term => !char.IsDigit(term[0]));

    private static IEnumerable<ApiKey> RelevantApis(AgentTask task) =>
        World.Known(task).Truth.Chain.SelectMany(call => call.Mirror is null ? [call.Api.Key] : new[] { call.Api.Key, call.Mirror.Key });
}
