using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Rewards;

[Trait("Kind", "Unit")]
public sealed class SuccessRuleTests
{
    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""{"status":200}""", true)]
    [InlineData("""{"status":400}""", false)]
    [InlineData("""{"status":"400"}""", true)]
    [InlineData("""{"message":"an error happened"}""", true)] // an object is judged by its status alone
    [InlineData("""{"message":"an error hap""", false)] // cut in the middle: judged as text
    [InlineData("""["error"]""", false)]
    [InlineData("something went wrong", false)]
    [InlineData("The list is empty", false)]
    [InlineData("Please sign in", false)]
    [InlineData("You may please yourself", true)]
    [InlineData("Wrong, as released: case counts", true)]
    [InlineData("plain text", true)]
    [InlineData("", true)]
    public void IsSuccess_Response_FollowsTheReleasedRules(string response, bool expected) =>
        Assert.Equal(expected, SuccessRule.IsSuccess(new ToolAnswer(ToolStatus.Ok, "", response, Provenance.Recorded)));

    [Fact]
    public void IsSuccess_Error_IsFalse() => Assert.False(SuccessRule.IsSuccess(new ToolAnswer(ToolStatus.Ok, "no", """{"a":1}""", Provenance.World)));

    [Fact]
    public void IsSuccess_OtherStatus_IsFalse() => Assert.False(SuccessRule.IsSuccess(new ToolAnswer(ToolStatus.NotFound, "", """{"a":1}""", Provenance.World)));
}
