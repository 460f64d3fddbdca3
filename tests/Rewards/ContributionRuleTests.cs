using StepTool.Core.Episodes;
using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Rewards;

[Trait("Kind", "Unit")]
public sealed class ContributionRuleTests
{
    private static readonly TinyWorld World = new();

    [Fact]
    public void Contributes_ValueUsedByALaterSuccessfulCall_IsTrue() =>
        Assert.True(Contributes(0, Step("{}", """{"ref":"abc-77"}"""), Step("""{"x":"abc-77"}""", "{}")));

    [Fact]
    public void Contributes_NumberUsedInItsCanonicalForm_IsTrue() =>
        Assert.True(Contributes(0, Step("{}", """{"amount":13.50}"""), Step("""{"x":13.5}""", "{}")));

    [Fact]
    public void Contributes_ValueInsideOfAListOfArguments_IsTrue() =>
        Assert.True(Contributes(0, Step("{}", """{"ref":"abc-77"}"""), Step("""{"x":["q","abc-77"]}""", "{}")));

    [Fact]
    public void Contributes_ValueUsedByAFailedCall_IsFalse() =>
        Assert.False(Contributes(0, Step("{}", """{"ref":"abc-77"}"""), Step("""{"x":"abc-77"}""", "error: no", success: false)));

    [Fact]
    public void Contributes_OnlyPartOfAnArgument_IsFalse() =>
        Assert.False(Contributes(0, Step("{}", """{"ref":"abc"}"""), Step("""{"x":"abc-77"}""", "{}")));

    [Fact]
    public void Contributes_ValueOfTheQuery_IsFalse() =>
        Assert.False(Contributes(0, Step("{}", """{"ref":"lamp 1"}"""), Step("""{"x":"lamp 1"}""", "{}")));

    [Fact]
    public void Contributes_ValueSeenInAnEarlierAnswer_IsFalse()
    {
        Step[] steps = [Step("{}", """{"ref":"abc-77"}"""), Step("""{"y":1}""", """{"ref":"abc-77"}"""), Step("""{"x":"abc-77"}""", "{}")];
        Assert.True(Contributes(0, steps));
        Assert.False(Contributes(1, steps));
    }

    [Fact]
    public void Contributes_ValueSeenOnlyInsideOfALongerOne_IsTrue() =>
        Assert.True(Contributes(1, Step("{}", """{"ref":"abc-77123"}"""), Step("""{"y":1}""", """{"ref":"7712"}"""), Step("""{"x":"7712"}""", "{}")));

    [Fact]
    public void Contributes_EchoOfItsOwnArgument_IsFalse() =>
        Assert.False(Contributes(0, Step("""{"units":"metric"}""", """{"units":"metric"}"""), Step("""{"x":"metric"}""", "{}")));

    [Theory]
    [InlineData("""{"ok":true}""", """{"x":true}""")]
    [InlineData("""{"n":7}""", """{"x":7}""")]
    public void Contributes_ValueThatSaysNothing_IsFalse(string answer, string arguments) =>
        Assert.False(Contributes(0, Step("{}", answer), Step(arguments, "{}")));

    [Fact]
    public void Contributes_RepeatedCall_IsFalse() =>
        Assert.False(Contributes(0, Step("{}", """{"ref":"abc-77"}""") with { Repeats = true }, Step("""{"x":"abc-77"}""", "{}")));

    [Fact]
    public void Contributes_AnswerThatSuppliesTheRequestedField_IsTrue() => Assert.True(Contributes(0, Step("{}", """{"price":23}""")));

    [Fact]
    public void Contributes_Finish_IsFalse() =>
        Assert.False(Contributes(0, new Step { Decision = new Decision(new Finish(), 0), Observation = """{"price":23}""", Success = true }));

    [Theory]
    [InlineData("abcdefghij", "abc", true)] // 3 of 10
    [InlineData("abcdefghij", "ab", false)] // 2 of 10
    [InlineData("abcdefghij", "jxixh", false)] // order counts
    [InlineData("aXbXcXdXeX", "abcde", true)] // a subsequence, not a substring
    [InlineData("abc", "", false)]
    public void Contributes_CommonSubsequence_IsAtLeastThreeTenthsOfTheResponse(string response, string answer, bool expected)
    {
        var episode = Episode(Step("{}", response)) with { FinalAnswer = answer };
        Assert.Equal(expected, ContributionRule.Contributes(episode, 0, World, ContributionKind.CommonSubsequence));
    }

    private static bool Contributes(int step, params Step[] steps) => ContributionRule.Contributes(Episode(steps), step, World, ContributionKind.Used);

    private static Episode Episode(params Step[] steps) => EpisodeEngine.Begin(new EpisodeId("test", 0), "tiny", World.Tasks[1], 1) with { Steps = [.. steps] };

    private static Step Step(string arguments, string observation, bool success = true) => new()
    {
        Decision = new Decision(new CallApi(new ToolCall(TinyWorld.News, CanonicalArguments.FromJson(arguments))), 0),
        Observation = observation,
        Success = success,
    };
}
