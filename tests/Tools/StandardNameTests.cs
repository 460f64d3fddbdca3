using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Tools;

/// <summary>ToolBench's standardisation, by the rules it publishes.</summary>
[Trait("Kind", "Unit")]
public sealed class StandardNameTests
{
    [Theory]
    [InlineData("Get Weather", "get_weather")]
    [InlineData("a--b  c", "a_b_c")]
    [InlineData("__Trim Me__", "trim_me")]
    [InlineData("2Captcha", "get_2captcha")]
    [InlineData("Id", "is_id")]
    [InlineData("from", "is_from")]
    [InlineData("class", "is_class")]
    [InlineData("return", "is_return")]
    [InlineData("False", "is_false")]
    [InlineData("TRUE", "is_true")]
    [InlineData("and", "is_and")]
    [InlineData("ids", "ids")]
    [InlineData("naïve café", "na_ve_caf")]
    [InlineData("***", "unnamed")]
    public void Of_PublishedName_FollowsTheRules(string name, string expected) => Assert.Equal(expected, StandardName.Of(name));

    [Fact]
    public void Of_StandardName_StaysAsItIs() =>
        Assert.All(["get_weather", "is_id", "get_2captcha", "a_b"], name => Assert.Equal(name, StandardName.Of(name)));

    [Fact]
    public void Function_LongName_KeepsItsLast64Characters()
    {
        Assert.Equal("daily_for_open_forecast", StandardName.Function("open_forecast", "daily"));
        var name = StandardName.Function(new string('t', 40), new string('a', 40));
        Assert.Equal(new string('a', 19) + "_for_" + new string('t', 40), name);
    }

    [Theory]
    [InlineData("weather/open_forecast/daily", true)]
    [InlineData("weather/open_forecast", false)]
    [InlineData("weather//daily", false)]
    [InlineData("a/b/c/d", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TryParse_ApiKey_NeedsThreeParts(string? text, bool expected)
    {
        Assert.Equal(expected, ApiKey.TryParse(text, out var key));
        Assert.Equal(expected ? text : "//", key.ToString());
    }

    [Fact]
    public void FromNames_ApiKey_StandardisesEachPart() => Assert.Equal("is_id/get_2go/a_b", ApiKey.FromNames("ID", "2go", "A b!").ToString());

    [Fact]
    public void Order_ApiKeys_FollowTheirText() =>
        Assert.Equal(["a/b/c", "a/b/d", "b/a/a"], new[] { "b/a/a", "a/b/d", "a/b/c" }.Select(ApiKey.Parse).Order().Select(key => key.ToString()));
}
