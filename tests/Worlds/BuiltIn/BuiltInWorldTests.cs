using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Unit")]
public sealed class BuiltInWorldTests
{
    private static readonly BuiltInWorldOptions Small = new() { Tasks = 400 };

    [Fact]
    public void Create_SameOptions_SameWorld() => Assert.Equal(Transcript(BuiltInWorld.Create(Small)), Transcript(BuiltInWorld.Create(Small)));

    [Fact]
    public void Create_OtherSeed_OtherWorld()
    {
        var (one, other) = (BuiltInWorld.Create(Small), BuiltInWorld.Create(Small with { Seed = 2 }));
        Assert.NotEqual(one.Id, other.Id);
        Assert.Empty(one.Tasks.Select(task => task.Query).Intersect(other.Tasks.Select(task => task.Query)));
    }

    [Fact]
    public void Create_OtherShare_OtherId() => Assert.NotEqual(BuiltInWorld.Create(Small).Id, BuiltInWorld.Create(Small with { BaitShare = 0.2 }).Id);

    [Theory]
    [InlineData(200)]
    [InlineData(257)]
    [InlineData(1000)]
    public void Create_AnySize_HasExactlySoManySolvableTasks(int tasks)
    {
        var world = BuiltInWorld.Create(Small with { Tasks = tasks });
        Assert.Equal(tasks, world.Tasks.Select(task => task.Id).Distinct().Count());
        Assert.Equal(1.0, Play.PassRate(world, world.Tasks, _ => world.Oracle));
        Assert.Empty(world.Excluded);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public void Create_OtherSeeds_AllTasksAreSolvable(int seed)
    {
        var world = BuiltInWorld.Create(Small with { Seed = (ulong)seed, Tasks = 1000 });
        Assert.Equal(1.0, Play.PassRate(world, world.Tasks, _ => world.Oracle));
    }

    [Fact]
    public void Create_TooFewTasks_NamesKeyValueRuleAndRemedy()
    {
        var exception = Assert.Throws<ArgumentException>(() => BuiltInWorld.Create(new BuiltInWorldOptions { Tasks = 5 }));
        Assert.Contains("Tasks is 5; a built-in world needs at least 200 tasks. Ask for more.", exception.Message);
    }

    [Fact]
    public void Create_ShareOutOfRange_NamesKeyAndValue()
    {
        var exception = Assert.Throws<ArgumentException>(() => BuiltInWorld.Create(new BuiltInWorldOptions { ProbeShare = 1.5 }));
        Assert.Contains("ProbeShare is 1.5; it must lie between 0 and 1.", exception.Message);
    }

    [Fact]
    public void Create_SharesBeyondOne_AreRefused() =>
        Assert.Throws<ArgumentException>(() => BuiltInWorld.Create(new BuiltInWorldOptions { ProbeShare = 0.6, BaitShare = 0.6 }));

    [Fact]
    public void Labels_TaskOfAUser_HaveNoSplit() => Assert.Equal(
        new TaskLabels(Split.None, "mine", "built-in", 0, ""),
        Play.World.Labels(new AgentTask { Id = "mine", Query = "?", Offered = [], MaxTurns = 3 }));

    [Fact]
    public void Answer_UnknownApi_SaysSo()
    {
        var answer = Play.World.Answer(new ToolCall(new ApiKey("no", "such", "api"), "{}"), 0);
        Assert.Equal((ToolStatus.UnknownApi, "There is no API no/such/api."), (answer.Status, answer.Error));
        Assert.False(Play.World.TryDescribe(new ApiKey("no", "such", "api"), out _));
    }

    [Theory]
    [InlineData("", "is missing or no text")]
    [InlineData("{}", "is missing or no text")]
    [InlineData("{\"PARAMETER\": 5}", "is missing or no text")]
    [InlineData("{\"PARAMETER\": \"ord\"}", "takes an identifier that is written")]
    [InlineData("{\"PARAMETER\": \"abc-0123\"}", "takes an identifier that is written")]
    [InlineData("{\"stranger\": \"ord-1234\"}", "There is no parameter stranger")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{\"PARAMETER\"", "not a JSON object")]
    public void Answer_BadArguments_IsATypedError(string arguments, string expected)
    {
        var api = Play.World.Known(Play.World.Apis.First());
        var answer = Play.World.Answer(new ToolCall(api.Key, arguments.Replace("PARAMETER", api.Parameter, StringComparison.Ordinal)), 0);
        Assert.Equal((ToolStatus.BadInput, ""), (answer.Status, answer.Response));
        Assert.Contains(expected, answer.Error);
    }

    [Fact]
    public void Answer_StrictApi_RefusesIdentifiersOfOtherNouns()
    {
        var strict = Play.World.Apis.Select(Play.World.Known).First(api => api.IsStrict);
        Assert.Equal(ToolStatus.BadInput, Play.World.Answer(new ToolCall(strict.Key, $$"""{"{{strict.Parameter}}": "zzz-1234"}"""), 1).Status);
    }

    [Fact]
    public void Answer_OptionalParameter_ChangesNothing()
    {
        var calls = Play.World.Tasks.SelectMany(task => Play.World.Known(task).Truth.Chain);
        var call = calls.First(call => call.Api.Documentation.Parameters.Length > 1);
        var (plain, full) = ($$"""{"{{call.Api.Parameter}}":"{{call.Id}}"}""", $$"""{"max_rows": 5, "{{call.Api.Parameter}}":"{{call.Id}}"}""");
        Assert.Equal(Play.World.Answer(new ToolCall(call.Api.Key, plain), 1), Play.World.Answer(new ToolCall(call.Api.Key, full), 1));
    }

    [Fact]
    public void Apis_All_AreOrderedAndDescribed()
    {
        var keys = Play.World.Apis.ToArray();
        Assert.Equal(keys.Order(), keys);
        Assert.All(keys, key => Assert.True(Play.World.TryDescribe(key, out var documentation) && documentation.Key == key));
    }

    private static string Transcript(BuiltInWorld world) => string.Join('\n', world.Tasks.Select(task =>
    {
        var steps = Play.Episode(world, task, world.Oracle).Steps.Select(step => $"{step.Call} {step.Observation}");
        var documentation = task.Offered.Select(key => world.Known(key).Documentation)
            .Select(api => $"{api.Key} {api.Description} {string.Join(' ', api.Parameters)}");
        return $"{world.Id} {task.Id} {task.Query} {world.Labels(task)} {string.Join(' ', documentation)} {string.Join(' ', steps)}";
    }));
}
