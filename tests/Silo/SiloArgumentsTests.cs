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

    [Theory]
    [InlineData("'foo' is no option of a silo; options are --NAME VALUE, --NAME=VALUE or keys such as --StepTool:Url=VALUE. See --help.", "foo")]
    [InlineData("'--max-episode' is no option of a silo; options are --NAME VALUE, --NAME=VALUE or keys such as --StepTool:Url=VALUE. Did you mean --max-episodes? See --help.", "--max-episode", "5")]
    [InlineData("'--drain' is no option of a silo; options are --NAME VALUE, --NAME=VALUE or keys such as --StepTool:Url=VALUE. See --help.", "--drain", "5")]
    [InlineData("'5' is no option of a silo; options are --NAME VALUE, --NAME=VALUE or keys such as --StepTool:Url=VALUE. See --help.", "--max-episodes", "5", "5")]
    [InlineData("--data-dir has no value; it must be followed by one. Give --data-dir DIR, or leave it out for its default. See --help.", "--data-dir")]
    [InlineData("--data-dir has no value; it must be followed by one. Give --data-dir DIR, or leave it out for its default. See --help.", "--data-dir", "--storage", "memory")]
    [InlineData("--StepTool:Url has no value; it must be followed by one. Give --StepTool:Url VALUE, or leave it out for its default. See --help.", "--StepTool:Url")]
    public void Argument_ThatASiloDoesNotKnowOrHasNoValue_IsRefusedWithRuleAndRemedy(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(arguments)).Failures));

    [Fact]
    public void Keys_OfOtherSections_AreTaken() => Assert.Equal(
        "5", new ConfigurationBuilder().AddSiloArguments(["--Bench:Counter=5", "--Logging:LogLevel:Default", "Warning"]).Build()["Bench:Counter"]);

    [Theory]
    [InlineData("--StepTool:Tools:AllowedHosts:0=api.example.com")]
    [InlineData("--StepTool:Tools:Apis:sport/nba/scores:Burst=3")]
    [InlineData("--StepTool:Tools:McpServers:files:Arguments:1=/data")]
    [InlineData("--StepTool:Tools:Breaker:Break=00:01:00")]
    [InlineData("--StepTool:Clustering:Tls:KeyFile=key.pem")]
    [InlineData("--StepTool:Clustering:SiloPort=0")]
    [InlineData("--steptool:storage=SQLite")]
    [InlineData("--StepTool:Labels:gpu=true")]
    public void Key_OfAnOption_IsTaken(string argument) => Check(argument);

    [Theory]
    [InlineData("--StepTool:Episodes:MaxEpisode=5", "StepTool:Episodes:MaxEpisode is no option of a silo; each key of section StepTool must be one. Did you mean StepTool:Episodes:MaxEpisodes? (in the environment ':' is '__').")]
    [InlineData("--StepTool:MaxEpisodes=5", "StepTool:MaxEpisodes is no option of a silo; each key of section StepTool must be one. Did you mean StepTool:Episodes:MaxEpisodes? (in the environment ':' is '__').")]
    [InlineData("--StepTool:Drain=5", "StepTool:Drain is no option of a silo; each key of section StepTool must be one. Correct it, or leave it out (in the environment ':' is '__').")]
    [InlineData("--storage=paper", "StepTool:Storage is 'paper'; it must be one of sqlite, memory, azure. Correct it, or leave it out for its default.")]
    [InlineData("--max-episodes=abc", "StepTool:Episodes:MaxEpisodes is 'abc'; it must be a whole number. Correct it, or leave it out for its default.")]
    [InlineData("--StepTool:Episodes:Lease=soon", "StepTool:Episodes:Lease is 'soon'; it must be a time such as 00:00:20. Correct it, or leave it out for its default.")]
    [InlineData("--StepTool:Tools:AllowPrivateAddresses=perhaps", "StepTool:Tools:AllowPrivateAddresses is 'perhaps'; it must be true or false. Correct it, or leave it out for its default.")]
    public void Key_OfNoOptionOrWithAValueOfAnotherType_IsRefusedWithRuleAndRemedy(string argument, string message) =>
        Assert.Equal(message, Assert.Single(Assert.Throws<OptionsValidationException>(() => Check(argument)).Failures));

    [Fact]
    public void Switches_EachKeyAndDefault_IsAnOptionAndWhatHoldsWithoutIt()
    {
        foreach (var known in SiloArguments.Switches.Where(known => known.Key.Length > 0 && known.Preset.Length > 0 && !known.Preset.Contains(' ', StringComparison.Ordinal)))
        {
            Check($"{known.Name}={known.Preset}");
        }

        var (given, preset) = (Read([.. SiloArguments.Switches.Where(known => known.Name is "--url" or "--data-dir" or "--storage" or "--cluster-id" or "--clustering").Select(known => $"{known.Name}={known.Preset}")]), new SiloOptions());
        Assert.Equal((preset.Url, preset.DataDirectory, preset.Storage, preset.ClusterId, preset.Clustering.Kind), (given.Url, given.DataDirectory, given.Storage, given.ClusterId, given.Clustering.Kind));
    }

    private static void Check(string argument) => SiloKeys.Check(new ConfigurationBuilder().AddSiloArguments([argument]).Build());

    private static SiloOptions Read(params string[] arguments) =>
        new ConfigurationBuilder().AddSiloArguments(arguments).Build().GetSection(SiloOptions.Section).Get<SiloOptions>()!;
}
