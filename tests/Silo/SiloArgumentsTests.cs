using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StepTool.Silo.Hosting;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class SiloArgumentsTests
{
    [Fact]
    public void Labels_SeveralInBothForms_AreAllRead()
    {
        var options = Read("--label", "gpu=true", "--url", "http://127.0.0.1:0", "--label=zone=north=1");

        Assert.Equal([("gpu", "true"), ("zone", "north=1")], options.Labels.Select(label => (label.Key, label.Value)).Order());
        Assert.Equal("http://127.0.0.1:0", options.Url);
    }

    [Fact]
    public void Clustering_ShortNames_AreItsKeys()
    {
        var clustering = Read("--clustering", "redis", "--silo-port", "11111", "--gateway-port", "0", "--primary", "127.0.0.1:1").Clustering;

        Assert.Equal((ClusteringKind.Redis, 11111, 0, "127.0.0.1:1"), (clustering.Kind, clustering.SiloPort, clustering.GatewayPort, clustering.Primary));
    }

    [Theory]
    [InlineData("--label")]
    [InlineData("--label", "gpu")]
    [InlineData("--label", "=true")]
    public void Label_WithoutKeyOrValue_IsRefusedWithAnExample(params string[] arguments) => Assert.Equal(
        $"--label is '{arguments.ElementAtOrDefault(1)}'; it must be KEY=VALUE. Give one such as --label gpu=true.",
        Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(arguments)).Failures));

    private static SiloOptions Read(params string[] arguments) =>
        new ConfigurationBuilder().AddSiloArguments(arguments).Build().GetSection(SiloOptions.Section).Get<SiloOptions>()!;
}
