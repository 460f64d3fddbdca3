using Microsoft.Extensions.Configuration;
using StepTool.Core.Tools;
using StepTool.Grains.Hosting;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

[Trait("Kind", "Unit")]
public sealed class ToolsOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Succeed() => Assert.True(new ToolsOptionsValidator().Validate(null, new ToolsOptions()).Succeeded);

    [Fact]
    public void Validate_OutOfRange_NamesKeyValueRuleAndRemedy()
    {
        var result = new ToolsOptionsValidator().Validate(null, new ToolsOptions
        {
            Retries = 11,
            Host = new ToolLimits { Burst = 0 },
            Breaker = new BreakerOptions { FailureRatio = 0 },
            Apis = { ["weather/sky"] = new ApiOptions(), ["weather/sky/daily"] = new ApiOptions { MaxConcurrent = -1 } },
        });

        Assert.Equal(
            [
                "StepTool:Tools:Retries is 11; it must be from 0 to 10. Use 2.",
                "StepTool:Tools:Host:Burst is 0; it must be from 1 to 1000000. Use 10.",
                "StepTool:Tools:Breaker:FailureRatio is 0; it must be from 0.01 to 1. Use 0.5.",
                "StepTool:Tools:Apis:weather/sky names no API; it must be of the form category/tool/api. Take a key that 'steptool tools list' prints.",
                "StepTool:Tools:Apis:weather/sky/daily:MaxConcurrent is -1; it must be from 0 to 10000. Use 8, or 0 for no limit.",
            ],
            result.Failures);
    }

    [Fact]
    public void Configuration_IsReadByItsKeys()
    {
        var options = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Api:RequestsPerSecond"] = "2.5",
            ["TimeToLive"] = "02:00:00",
            ["Apis:weather/sky/daily:TimeToLive"] = "00:05:00",
            ["Apis:weather/sky/daily:MaxConcurrent"] = "1",
        }).Build().Get<ToolsOptions>()!;
        var (daily, other) = (ApiKey.Parse("weather/sky/daily"), ApiKey.Parse("weather/sky/hourly"));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromHours(2)), (options.TimeToLiveOf(daily), options.TimeToLiveOf(other)));
        Assert.Equal((1, 8, 2.5), (options.LimitsOf(daily).MaxConcurrent, options.LimitsOf(other).MaxConcurrent, options.LimitsOf(daily).RequestsPerSecond));
    }
}
