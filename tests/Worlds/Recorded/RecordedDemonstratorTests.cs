using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class RecordedDemonstratorTests : IDisposable
{
    private const int Tasks = 60;
    private readonly RecordedFolder _folder = new();

    public RecordedDemonstratorTests()
    {
        for (var tool = 0; tool < Tasks; tool++)
        {
            _folder.Api("Made", $"tool{tool}", "right", $"Answers topic{tool}").Api("Made", $"tool{tool}", "other", $"Asks of topic{tool}")
                .Answer($"Made/tool{tool}/right", "{}", $"the value {tool}").Answer($"Made/tool{tool}/other", "{}", $"the word {tool}")
                .Query("G1_tool", $"q{tool:D2}", $"Tell me of topic{tool}", $"*Made/tool{tool}/right", $"Made/tool{tool}/other");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Demonstrator_NoEpisodesRecorded_IsNone() => Assert.Null(_folder.Load().Demonstrator);

    [Fact]
    public async Task Demonstrator_TwoOfAStrategy_PlaysTheShortest()
    {
        var world = Load(task => _folder.Episode("G1_tool", Id(task), "done", "SSS", $"other_for_tool{task}", $"right_for_tool{task}").Episode("G1_tool", Id(task), "done", "SSU", $"right_for_tool{task}"));
        var episodes = await Demonstrations.PlayAsync(world);
        Assert.All(episodes, episode => Assert.Equal(["right", null], Called(episode)));
        Assert.All(episodes, episode => Assert.Equal(Verdict.Solved, episode.Verdict));
        Assert.Equal(world.Tasks.Where(task => world.Labels(task).Split == Split.Train).Select(task => task.Id), episodes.Select(episode => episode.Task.Id));
    }

    [Fact]
    public async Task Demonstrator_TwoStrategies_PlaysOneOfEachWhereTheyDiffer()
    {
        var world = Load(task => _folder.Episode("G1_tool", Id(task), "done", "SSS", $"right_for_tool{task}")
            .EpisodeOf("toolllama_sft_dfs", "G1_tool", Id(task), "done", "SSS", task % 2 == 0 ? [$"right_for_tool{task}"] : [$"other_for_tool{task}", $"right_for_tool{task}"]));
        var calls = (await Demonstrations.PlayAsync(world)).GroupBy(episode => episode.Task.Id, episode => string.Join(' ', Called(episode)), StringComparer.Ordinal);
        Assert.All(calls, task => Assert.Equal(int.Parse(task.Key.AsSpan(1), null) % 2 == 0 ? ["right "] : ["right ", "other right "], task));
    }

    [Theory]
    [InlineData("steptool_cot", "SSS", "right")] // of a trained policy
    [InlineData("toolllama_sft_cot", "SUU", "right")] // most judges say no
    [InlineData("toolllama_sft_cot", "SSS", "other")] // the relevant API is missing
    [InlineData("toolllama_sft_cot", "SSS", "right,none")] // one of its functions is not on offer
    [InlineData("toolllama_sft_cot", "SSS", "right,other,right,other,right,other")] // longer than the budget
    public void Demonstrator_EpisodeThatShowsNothing_IsNotPlayed(string method, string votes, string apis)
    {
        var world = Load(task => _folder.EpisodeOf(method, "G1_tool", Id(task), "done", votes, [.. apis.Split(',').Select(api => $"{api}_for_tool{task}")]));
        Assert.All(world.Tasks, task => Assert.Equal(0, world.Demonstrator!.Count(task)));
    }

    private RecordedWorld Load(Action<int> record)
    {
        for (var task = 0; task < Tasks; task++)
        {
            record(task);
        }

        return _folder.Load(new() { Distractors = 2 });
    }

    private static string Id(int task) => $"q{task:D2}";

    private static IEnumerable<string?> Called(Episode episode) => episode.Steps.Select(step => step.Call?.Api.Api);
}
