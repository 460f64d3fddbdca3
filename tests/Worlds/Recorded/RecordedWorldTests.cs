using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class RecordedWorldTests : IDisposable
{
    private const int Tools = 60;
    private readonly RecordedFolder _folder = new();

    public RecordedWorldTests()
    {
        // Tool n has 1 to 3 APIs; task n needs the first API of tool n and, for some n, one of tool n + 1: so components differ in size.
        for (var tool = 0; tool < Tools; tool++)
        {
            for (var api = 0; api <= tool % 3; api++)
            {
                _folder.Api("Made", $"tool{tool}", $"api{api}", $"Answers topic{tool % 7} question{api}");
            }
        }

        for (var task = 0; task < Tools; task++)
        {
            string[] joined = task % 4 == 0 ? [$"*Made/tool{task + 1}/api0"] : [];
            string[] own = [.. Enumerable.Range(0, (task % 3) + 1).Select(api => $"{(api == 0 ? "*" : "")}Made/tool{task}/api{api}")];
            _folder.Query(task % 2 == 0 ? "G1_tool" : "G2_tool", $"q{task:D2}", $"Tell me of topic{task % 7} and question{task % 3}", [.. own, .. joined]);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_SameArchiveAndOptions_GivesTheSameWorld()
    {
        var (one, other) = (_folder.Load(), _folder.Load());
        Assert.Equal(one.Id, other.Id);
        Assert.Equal(one.Tasks.Select(Shape), other.Tasks.Select(Shape));
    }

    [Fact]
    public void Load_AnotherSeed_GivesAnotherIdOrderAndSplit()
    {
        var (one, other) = (_folder.Load(), _folder.Load(new() { Seed = 2 }));
        Assert.NotEqual(one.Id, other.Id);
        Assert.NotEqual(one.Tasks.Select(Shape), other.Tasks.Select(Shape));
        Assert.NotEqual(one.Tasks.Select(task => one.Labels(task).Split), other.Tasks.Select(task => other.Labels(task).Split));
    }

    [Fact]
    public void Tasks_Offer_HoldsOwnApisAndWholeDistractorTools()
    {
        var world = _folder.Load(new() { Distractors = 6 });
        var sizes = world.Apis.CountBy(api => api.Tool).ToDictionary();
        Assert.All(world.Tasks, task =>
        {
            var own = OwnTools(task);
            var distractors = task.Offered.Where(api => !own.Contains(api.Tool)).ToArray();
            Assert.InRange(distractors.Length, 6, 8);
            Assert.All(distractors.CountBy(api => api.Tool), tool => Assert.Equal(sizes[tool.Key], tool.Value));
            Assert.Equal(task.Offered.Length, task.Offered.Distinct().Count());
            Assert.Superset(own, task.Offered.Select(api => api.Tool).ToHashSet());
        });
    }

    [Fact]
    public void Tasks_Offer_FirstPlaceGoesToOwnApisNoMoreThanTheirShare()
    {
        var world = _folder.Load();
        var first = world.Tasks.Count(task => OwnTools(task).Contains(task.Offered[0].Tool));
        var expected = world.Tasks.Sum(task => (double)task.Offered.Count(api => OwnTools(task).Contains(api.Tool)) / task.Offered.Length);
        Assert.InRange(first, expected - 12, expected + 12); // four standard deviations of 60 draws
    }

    [Fact]
    public void Labels_SharedRelevantTool_StandsOnOneSide()
    {
        var world = _folder.Load();
        foreach (var seed in new ulong[] { 1, 2, 3 })
        {
            world = _folder.Load(new() { Seed = seed });
            var sides = world.Tasks.SelectMany(task => RelevantTools(task).Select(tool => (tool, world.Labels(task).Split))).Distinct();
            Assert.All(sides.CountBy(pair => pair.tool), tool => Assert.Equal(1, tool.Value));
        }

        Assert.Equal([Split.Train, Split.Dev, Split.Test], world.Tasks.Select(task => world.Labels(task).Split).Distinct().Order());
    }

    [Fact]
    public void Tasks_Distractors_StayOffTheOtherSide()
    {
        var world = _folder.Load();
        HashSet<string> Of(Split split) => [.. world.Tasks.Where(task => world.Labels(task).Split == split).SelectMany(RelevantTools)];
        var (ofTrain, ofTest) = (Of(Split.Train), Of(Split.Test));
        foreach (var task in world.Tasks)
        {
            var distractors = task.Offered.Select(api => api.Tool).Where(tool => !OwnTools(task).Contains(tool)).ToHashSet();
            Assert.False(world.Labels(task).Split == Split.Train && distractors.Overlaps(ofTest), task.Id);
            Assert.False(world.Labels(task).Split == Split.Test && distractors.Overlaps(ofTrain), task.Id);
        }
    }

    [Fact]
    public void Labels_Groups_RestrictTheSides()
    {
        var world = _folder.Load(new() { TrainGroups = ["G1_tool"], TestGroups = ["G2_tool"] });
        Assert.All(world.Tasks, task =>
        {
            var labels = world.Labels(task);
            Assert.True(labels.Split == Split.None || labels.Group == (labels.Split == Split.Test ? "G2_tool" : "G1_tool"));
        });
        Assert.Contains(world.Tasks, task => world.Labels(task).Split == Split.Train);
    }

    [Fact]
    public void Labels_TaskOfOnesOwn_HasNoSide() =>
        Assert.Equal(Split.None, _folder.Load().Labels(new AgentTask { Id = "mine", Query = "?", Offered = [], MaxTurns = 6 }).Split);

    [Fact]
    public void Exclusions_TaskThatCanOnlyFail_IsLeftOutWithTheReason()
    {
        _folder.Answer("Made/tool1/api0", "{}", "", "service is gone").Answer("Made/tool2/api0", "{}", "fine");
        var world = _folder.Load();
        Assert.Equal("q00,q01", string.Join(',', world.Excluded));
        Assert.Contains("made/tool1/api0", world.Exclusions["q01"], StringComparison.Ordinal);
        Assert.DoesNotContain(world.Tasks, task => task.Id is "q00" or "q01");
    }

    [Fact]
    public void Exclusions_TaskThatNeedsMoreThanItsBudget_IsLeftOut()
    {
        _folder.Query("G1_tool", "long", "All", [.. Enumerable.Range(0, 6).Select(tool => $"*Made/tool{tool}/api0")]);
        Assert.Equal("long", Assert.Single(_folder.Load().Excluded));
    }

    [Fact]
    public void TryDescribe_OfferedApis_AreAllDescribed()
    {
        var world = _folder.Load();
        Assert.All(world.Tasks.SelectMany(task => task.Offered), api => Assert.True(world.TryDescribe(api, out _)));
        Assert.False(world.TryDescribe(new ApiKey("made", "tool0", "none"), out _));
    }

    private static string Shape(AgentTask task) => $"{task.Id}: {string.Join(' ', task.Offered)}";

    private static int Number(AgentTask task) => int.Parse(task.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static HashSet<string> OwnTools(AgentTask task) => RelevantTools(task).ToHashSet();

    private static IEnumerable<string> RelevantTools(AgentTask task) =>
        Number(task) % 4 == 0 ? [$"tool{Number(task)}", $"tool{Number(task) + 1}"] : [$"tool{Number(task)}"];
}
