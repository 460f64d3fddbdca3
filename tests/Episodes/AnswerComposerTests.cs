using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Episodes;

[Trait("Kind", "Unit")]
public sealed class AnswerComposerTests
{
    [Fact]
    public void Compose_MoreThanThreeFields_TakesThoseThatMatchTheQueryInTheirOrder() =>
        Assert.Equal("zip: 1; wind_speed: 2; humidity: 4", Compose("wind speed and humidity", Step("""{"zip":1,"wind_speed":2,"pressure":3,"humidity":4}""")));

    [Fact]
    public void Compose_SeveralSteps_KeepsTheirOrderAndLeavesOutFailedOnes() =>
        Assert.Equal("a: 1; b: 2", Compose("q", Step("""{"a":1}"""), Step("""{"x":9}""", success: false), Step("""{"b":2}""")));

    [Fact]
    public void Compose_NoSuccessfulStep_IsEmpty() => Assert.Equal("", Compose("q", Step("""{"a":1}""", success: false)));

    [Fact]
    public void Compose_TextWithoutFields_TakesItsBeginning() => Assert.Equal(new string('x', 128), Compose("q", Step(new string('x', 300))));

    [Fact]
    public void Compose_ManySteps_IsAtMost512Characters() =>
        Assert.Equal(512, Compose("q", [.. Enumerable.Range(0, 6).Select(index => Step($$"""{"a{{index}}":"{{new string('x', 90)}}"}"""))]).Length);

    [Fact]
    public void Compose_CutInsideACharacterOfTwoUnits_LeavesItOut()
    {
        var answer = Compose("q", [.. Enumerable.Range(0, 6).Select(index => Step($$"""{"{{(index == 0 ? "abc" : $"a{index}")}}":"{{string.Concat(Enumerable.Repeat("\U0001F600", 45))}}"}"""))]);
        Assert.InRange(answer.Length, 500, 512);
        Assert.False(char.IsHighSurrogate(answer[^1]));
    }

    private static string Compose(string query, params Step[] steps) => AnswerComposer.Compose(query, [.. steps]);

    private static Step Step(string observation, bool success = true) => new()
    {
        Decision = new Decision(new CallApi(new ToolCall(TinyWorld.News, "{}")), 0),
        Observation = observation,
        Success = success,
    };
}
