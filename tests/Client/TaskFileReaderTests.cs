using StepTool.Client.Queue;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class TaskFileReaderTests
{
    private static readonly BuiltInWorld World = BuiltInWorld.Create(new BuiltInWorldOptions { Tasks = BuiltInWorldOptions.MinTasks });
    private static readonly string Api = World.Apis.First().ToString();

    [Fact]
    public void Read_TaskOfTheWorld_IsTakenAsItIs()
    {
        var task = World.Tasks[3];

        Assert.Equal(task, Assert.Single(Read($$"""{"task": "{{task.Id}}"}""").Tasks));
    }

    [Fact]
    public void Read_OwnTask_TakesQueryApisAndTurns()
    {
        var task = Assert.Single(Read($$"""{"id": "mine", "query": "Where is it?", "apis": ["{{Api}}"], "max_turns": 4}""").Tasks);

        Assert.Equal(("mine", "Where is it?", 4), (task.Id, task.Query, task.MaxTurns));
        Assert.Equal(Api, Assert.Single(task.Offered).ToString());
    }

    [Fact]
    public void Read_OwnTaskWithoutIdAndTurns_IsNamedByFileAndLineAndGetsTheWorldsBudget()
    {
        var task = Assert.Single(Read("", $$"""{"query": "q", "apis": ["{{Api}}"]}""").Tasks);

        Assert.Equal(("tasks-2", World.DefaultMaxTurns), (task.Id, task.MaxTurns));
    }

    [Fact]
    public void Read_LineAtFault_IsRefusedAloneWithFileAndLine()
    {
        var read = Read($$"""{"task": "{{World.Tasks[0].Id}}"}""", "{\"task\": ", $$"""{"task": "{{World.Tasks[1].Id}}"}""");

        Assert.Equal([World.Tasks[0].Id, World.Tasks[1].Id], read.Tasks.Select(task => task.Id));
        Assert.StartsWith("dir/tasks.jsonl:2: is not JSON at character ", Assert.Single(read.Refused).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["task"]""", "", "the line is a JSON array; it must be an object")]
    [InlineData("""{"task": 3}""", "task", "is 3; it must be a text that is not blank.")]
    [InlineData("""{"task": "no-such"}""", "task", "'no-such' is no task of world")]
    [InlineData("""{"task": "x", "query": "y"}""", "task", "stands beside 'query' or 'apis'")]
    [InlineData("""{"quary": "y", "apis": []}""", "quary", "is not known; keys are task, id, query, apis, max_turns.")]
    [InlineData("""{"apis": ["API"]}""", "query", "is missing")]
    [InlineData("""{"query": " ", "apis": ["API"]}""", "query", "must be a text that is not blank")]
    [InlineData("""{"query": "q"}""", "apis", "must be an array of 1 to 512 API keys")]
    [InlineData("""{"query": "q", "apis": []}""", "apis", "must be an array of 1 to 512 API keys")]
    [InlineData("""{"query": "q", "apis": ["API", "one/two"]}""", "apis[1]", "'one/two' is not of the form category/tool/api")]
    [InlineData("""{"query": "q", "apis": ["no/such/api"]}""", "apis[0]", "'no/such/api' is no API of world")]
    [InlineData("""{"query": "q", "apis": ["API", "API"]}""", "apis[1]", "is offered twice")]
    [InlineData("""{"query": "q", "apis": ["API"], "max_turns": 0}""", "max_turns", "is 0; it must be a whole number from 1 to 100.")]
    [InlineData("""{"query": "q", "apis": ["API"], "max_turns": "two"}""", "max_turns", "it must be a whole number from 1 to 100.")]
    public void Read_Fault_NamesKeyRuleAndRemedy(string line, string key, string rule)
    {
        var read = Read(line.Replace("API", Api, StringComparison.Ordinal));

        var refused = Assert.Single(read.Refused);
        Assert.Equal((key, 1), (refused.Key, refused.Line));
        Assert.Contains(rule, refused.Rule, StringComparison.Ordinal);
        Assert.Empty(read.Tasks);
    }

    [Fact]
    public void Read_MistypedApi_SuggestsTheRightOne()
    {
        var refused = Assert.Single(Read($$"""{"query": "q", "apis": ["{{Api}}x"]}""").Refused);

        Assert.Contains($"did you mean '{Api}'?", refused.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_IdTwice_RefusesTheSecondAndNamesTheFirst()
    {
        var line = $$"""{"task": "{{World.Tasks[0].Id}}"}""";

        var read = Read(line, line);

        Assert.Single(read.Tasks);
        Assert.Contains("stands on line 1 already", Assert.Single(read.Refused).Rule, StringComparison.Ordinal);
    }

    private static TaskFile Read(params string[] lines) => new TaskFileReader(World).Read("dir/tasks.jsonl", lines);
}
