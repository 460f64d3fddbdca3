using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class RecordedJudgeTests : IDisposable
{
    private static readonly ApiKey Daily = new("weather", "sky", "daily");
    private static readonly ApiKey Recipes = new("food", "pantry", "recipes");
    private readonly RecordedFolder _folder = new RecordedFolder()
        .Api("Weather", "sky", "daily", "Forecast of a city's weather")
        .Api("Food", "pantry", "recipes", "Recipes")
        .Query("G1_tool", "both", "Weather in Oslo and a recipe?", "*Weather/sky/daily", "*Food/pantry/recipes")
        .Query("G1_tool", "free", "Anything", "Weather/sky/daily");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Judge_EveryRelevantCallWorkedAndAnswered_IsSolved()
    {
        var judgement = Judge("both", EpisodeStatus.Finished, "Rain, and bread.", Call(Recipes), Call(Daily));
        Assert.Equal(new Judgement(Verdict.Solved, true, 2, 2, 2), judgement);
    }

    [Fact]
    public void Judge_SimulatedAnswer_IsSolvedButNotStrictly()
    {
        var judgement = Judge("both", EpisodeStatus.Finished, "x", Call(Recipes), Call(Daily, provenance: Provenance.SimulatedNearest));
        Assert.Equal((Verdict.Solved, false), (judgement.Verdict, judgement.StrictPass));
    }

    [Fact]
    public void Judge_RelevantCallFailed_IsUnsolved() =>
        Assert.Equal(new Judgement(Verdict.Unsolved, false, 1, 2, 2), Judge("both", EpisodeStatus.Finished, "x", Call(Recipes), Call(Daily, success: false)));

    [Theory]
    [InlineData(EpisodeStatus.Truncated, "x")]
    [InlineData(EpisodeStatus.GaveUp, "")]
    [InlineData(EpisodeStatus.Finished, "  ")]
    public void Judge_NoAnswer_IsUnsolved(EpisodeStatus status, string answer) =>
        Assert.Equal(Verdict.Unsolved, Judge("both", status, answer, Call(Recipes), Call(Daily)).Verdict);

    [Fact]
    public void Judge_NoKnownTruth_IsUnsure() =>
        Assert.Equal(new Judgement(Verdict.Unsure, false, 0, 0, 1), Judge("free", EpisodeStatus.Finished, "x", Call(Daily)));

    [Fact]
    public void CompareWithVotes_HandExample_CountsAgreementAndKappa()
    {
        // Rule against votes: pass/pass, pass/fail, fail/fail, fail/fail: agreement 3/4, chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2, kappa 1/2.
        _folder
            .Episode("G1_tool", "both", "x", "SSU", "daily_for_sky", "recipes_for_pantry")
            .Episode("G1_tool", "both", "x", "SUU", "daily_for_sky", "recipes_for_pantry")
            .Episode("G1_tool", "both", "x", "UUU", "daily_for_sky", "!recipes_for_pantry")
            .Episode("G1_tool", "both", null, "UUU", "daily_for_sky", "recipes_for_pantry");
        var agreement = _folder.Load().CompareWithVotes();
        Assert.Equal(["G1_tool", "all"], agreement.Select(group => group.Group));
        Assert.All(agreement, group => Assert.Equal((4, 0.75, 0.5), (group.Episodes, group.Agreement, Math.Round(group.Kappa, 12))));
    }

    [Theory]
    [InlineData("Fine: drizzle until midnight", true)]
    [InlineData("Fine: drizzle until noon", false)]
    [InlineData("The weather in Oslo", false)]
    public void Supplies_TwoInformativeTokensOfTheReference_Supply(string observation, bool expected)
    {
        var world = LoadWithReference();
        var train = world.Tasks.First(task => world.Labels(task).Split == Split.Train);
        Assert.Equal(expected, world.Supplies(Episode(train, Call(Daily, observation)), 0));
    }

    [Fact]
    public void Supplies_TokensShownBefore_DoNotSupplyAgain()
    {
        var world = LoadWithReference();
        var train = world.Tasks.First(task => world.Labels(task).Split == Split.Train);
        var episode = Episode(train, Call(Recipes, "drizzle"), Call(Daily, "drizzle until midnight"));
        Assert.False(world.Supplies(episode, 1));
    }

    [Fact]
    public void Supplies_TaskOutsideTraining_HasNoReference()
    {
        var world = LoadWithReference();
        var others = world.Tasks.Where(task => world.Labels(task).Split != Split.Train).ToArray();
        Assert.NotEmpty(others);
        Assert.All(others, task => Assert.False(world.Supplies(Episode(task, Call(Daily, "drizzle until midnight")), 0)));
    }

    [Fact]
    public void Supplies_ReferenceVotedDown_IsNone()
    {
        var world = LoadWithReference(votes: "SUU");
        Assert.All(world.Tasks, task => Assert.False(world.Supplies(Episode(task, Call(Daily, "drizzle until midnight")), 0)));
    }

    // Twenty tasks of unrelated tools, so that every side has some; each has the same answer in words of its own.
    private RecordedWorld LoadWithReference(string votes = "SSU")
    {
        for (var number = 0; number < 20; number++)
        {
            _folder.Api("Made", $"tool{number}", "ask", "Asks").Query("G1_tool", $"t{number}", "What of the weather in Oslo?", $"*Made/tool{number}/ask");
        }

        foreach (var task in Enumerable.Range(0, 20))
        {
            _folder.Episode("G1_tool", $"t{task}", task == FirstTrain() ? "The weather in Oslo: drizzle till midnight." : $"Word{task} other{task}", votes);
        }

        return _folder.Load();
    }

    private static int FirstTrain()
    {
        using var folder = new RecordedFolder();
        for (var number = 0; number < 20; number++)
        {
            folder.Api("Made", $"tool{number}", "ask", "Asks").Query("G1_tool", $"t{number}", "?", $"*Made/tool{number}/ask");
        }

        var world = folder.Load();
        return int.Parse(world.Tasks.First(task => world.Labels(task).Split == Split.Train).Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
    }

    private Judgement Judge(string task, EpisodeStatus status, string answer, params Step[] steps)
    {
        var world = _folder.Load();
        return world.Judge.Judge(Episode(world.Tasks.Single(known => known.Id == task), steps) with { Status = status, FinalAnswer = answer });
    }

    private static Episode Episode(AgentTask task, params Step[] steps) =>
        new() { Id = new EpisodeId("test", 0), World = "recorded", Task = task, Steps = [.. steps], Status = EpisodeStatus.Finished };

    private static Step Call(ApiKey api, string observation = "fine", bool success = true, Provenance provenance = Provenance.Recorded) =>
        new() { Decision = new Decision(new CallApi(new ToolCall(api, "{}")), 0), Observation = observation, Success = success, Provenance = provenance };
}
