using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Unit")]
public sealed class BuiltInJudgeTests
{
    private static readonly BuiltInWorld World = Play.World;
    private static readonly AgentTask Task = Play.Tasks(World, Split.Dev, 2, "plain")[0];
    private static readonly GeneratedTask Known = World.Known(Task);

    [Fact]
    public void Judge_TrueValueStatedLast_IsSolved() =>
        Assert.Equal(Verdict.Solved, Judge($"{Known.RequestedField}: other; noise: 3; {Known.RequestedField}: {Known.Truth.Value}"));

    [Fact]
    public void Judge_OtherValueStatedLast_IsUnsolved() =>
        Assert.Equal(Verdict.Unsolved, Judge($"{Known.RequestedField}: {Known.Truth.Value}; {Known.RequestedField}: other"));

    [Fact]
    public void Judge_JsonAnswer_IsRead() => Assert.Equal(Verdict.Solved, Judge($$"""{"{{Known.RequestedField}}": "{{Known.Truth.Value}}"}"""));

    [Fact]
    public void Judge_LongerFieldName_IsAnotherField() =>
        Assert.Equal(Verdict.Unsolved, Judge($"quoted_{Known.RequestedField}: {Known.Truth.Value}"));

    [Theory]
    [InlineData("")]
    [InlineData("I do not know")]
    public void Judge_NothingStated_IsUnsolved(string answer) => Assert.Equal(Verdict.Unsolved, Judge(answer));

    [Theory]
    [InlineData(EpisodeStatus.Truncated)]
    [InlineData(EpisodeStatus.GaveUp)]
    public void Judge_NoFinish_IsUnsolved(EpisodeStatus status) => Assert.Equal(
        Verdict.Unsolved, World.Judge.Judge(Ended($"{Known.RequestedField}: {Known.Truth.Value}") with { Status = status }).Verdict);

    [Fact]
    public void Judge_TaskOfAnotherWorld_IsUnsure()
    {
        var foreign = Ended("anything") with { Task = Task with { Id = "my-own" } };
        Assert.Equal(new Judgement(Verdict.Unsure, false, 0, 0, 0), World.Judge.Judge(foreign));
    }

    [Fact]
    public void Judge_OracleEpisode_CountsRelevantApis() => Assert.Equal(
        new Judgement(Verdict.Solved, true, 2, 2, 2), World.Judge.Judge(Play.Episode(World, Task, World.Oracle)));

    [Theory]
    [InlineData("fee: 48.20", "48.20")]
    [InlineData("fee=48.2, day: 3", "48.2")]
    [InlineData("The \"fee\": 48.20.", "48.20")]
    [InlineData("fee: 1\nfee: 2", "2")]
    [InlineData("entry-fee: 5", null)]
    [InlineData("fees: 5", null)]
    public void LastStated_Answer_GivesTheLastValue(string answer, string? expected) =>
        Assert.Equal(expected, BuiltInJudge.LastStated(answer, "fee"));

    [Fact]
    public void Supplies_WrongValueOfTheRequestedField_IsTrue()
    {
        var episode = Play.Episode(World, Task, World.Oracle);
        var last = episode.Steps[^2];
        var wrong = episode with { Steps = [last with { Observation = $$"""{"{{Known.RequestedField}}": "other"}""" }] };
        Assert.True(World.Supplies(wrong, 0));
        Assert.False(World.Supplies(wrong with { Steps = [wrong.Steps[0] with { Success = false }] }, 0));
        Assert.False(World.Supplies(episode, 0));
        Assert.True(World.Supplies(episode, episode.Steps.Length - 2));
    }

    private static Verdict Judge(string answer) => World.Judge.Judge(Ended(answer)).Verdict;

    private static Episode Ended(string answer) => new()
    {
        Id = new EpisodeId("test", 0),
        World = World.Id,
        Task = Task,
        Steps = ImmutableArray<Step>.Empty,
        Status = EpisodeStatus.Finished,
        FinalAnswer = answer,
    };
}
