using StepTool.Core.Runs;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Unit")]
public sealed class PolicyReferenceTests
{
    [Theory]
    [InlineData("floor:bm25@3", "bm25@3", PolicyPin.Floor, 0)]
    [InlineData("mine@latest", "mine", PolicyPin.Latest, 0)]
    [InlineData("mine@promoted", "mine", PolicyPin.Promoted, 0)]
    [InlineData("mine@0", "mine", PolicyPin.Version, 0)]
    [InlineData("a@b@17", "a@b", PolicyPin.Version, 17)]
    public void Parse_Written_RoundTrips(string text, string name, PolicyPin pin, int version)
    {
        Assert.Equal(new PolicyReference(name, pin, version), PolicyReference.Parse(text));
        Assert.Equal(text, PolicyReference.Parse(text).ToString());
    }

    [Fact]
    public void Parse_NameAlone_IsItsPromotedVersion() => Assert.Equal(new PolicyReference("mine", PolicyPin.Promoted), PolicyReference.Parse("mine"));

    [Theory]
    [InlineData("")]
    [InlineData("@latest")]
    [InlineData("mine@")]
    [InlineData("mine@newest")]
    [InlineData("mine@-1")]
    [InlineData("floor:")]
    public void Parse_NoReference_Throws(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => PolicyReference.Parse(text)).Message, StringComparison.Ordinal);
}
