using StepTool.Grains.Hosting;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class GrainsOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Succeed() => Assert.True(new GrainsOptionsValidator().Validate(null, new GrainsOptions()).Succeeded);

    [Fact]
    public void Validate_OutOfRange_NamesKeyValueRuleAndRemedy()
    {
        var result = new GrainsOptionsValidator().Validate(null, new GrainsOptions { MaxEpisodes = 0, MaxQueued = 999, MaxRuns = 0, CallTimeout = TimeSpan.FromMinutes(1) });

        Assert.Equal(
            [
                "StepTool:Episodes:MaxEpisodes is 0; it must be from 1 to 10000. Use about 24 a core.",
                "StepTool:Episodes:MaxQueued is 999; it must be from 1000 to 10000000. Use 200000; a batch must fit into an empty queue.",
                "StepTool:Episodes:MaxRuns is 0; it must be from 1 to 10000. Use 256, and the same on every silo of a cluster.",
                "StepTool:Episodes:CallTimeout is 00:01:00; it must be from 00:00:00.0100000 to 00:00:25. Use 00:00:20: it must end before the 30 seconds of a grain call.",
            ],
            result.Failures);
    }
}
