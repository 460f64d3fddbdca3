using StepTool.Client.Training;
using Xunit;

namespace StepTool.Tests.Client.Training;

[Trait("Kind", "Unit")]
public sealed class StageNameTests
{
    [Theory]
    [InlineData("bm25@5", "bm25@5", StagePurpose.Test, 0)]
    [InlineData("tool-bm25-stemmed@5", "tool-bm25-stemmed@5", StagePurpose.Test, 0)]
    [InlineData("steptool", "steptool", StagePurpose.Test, 0)]
    [InlineData("steptool token clock sampled", "steptool token clock", StagePurpose.Sampled, 0)]
    [InlineData("dev@20", "", StagePurpose.Dev, 20)]
    [InlineData("train@60", "", StagePurpose.Train, 60)]
    [InlineData("steptool released/dev@3000", "steptool released", StagePurpose.Dev, 3000)]
    [InlineData("eto/train@3000", "eto", StagePurpose.Train, 3000)]
    public void Parse_Name_TellsContenderPurposeAndPlaceAndComesBack(string text, string contender, object purpose, long at)
    {
        var name = StageName.Parse(text);

        Assert.Equal(new StageName(contender, (StagePurpose)purpose, at), name);
        Assert.Equal(text, name.ToString());
    }
}
