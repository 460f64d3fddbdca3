using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;
using StepTool.Silo.Hosting;
using Xunit;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;

namespace StepTool.Tests.Infra;

/// <summary>A key that no option has is ignored by the silo, and a silo that ignores its deployment starts as if it were alone: nothing else would notice.</summary>
[Trait("Kind", "Unit")]
public sealed class SiloEnvironmentTests
{
    public static TheoryData<string> Names => [.. SiloEnvironments.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Environment_EachVariable_IsAnOptionOfTheSilo(string name)
    {
        var (silo, episodes) = Sections(name);

        silo.Get<SiloOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
        episodes.Get<GrainsOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Environment_Filled_PassesTheValidators(string name)
    {
        var (silo, episodes) = Sections(name);

        var refused = new SiloOptionsValidator().Validate(Options.DefaultName, silo.Get<SiloOptions>()!).Failures ?? [];

        Assert.Equal([], refused.Where(failure => !IsOfThisBuild(failure)));
        Assert.Null(new GrainsOptionsValidator().Validate(Options.DefaultName, episodes.Get<GrainsOptions>() ?? new GrainsOptions()).Failures);
    }

    [Theory]
    [InlineData("compose gpu-silo")]
    [InlineData("image gpu-silo")]
    [InlineData("kubernetes gpu-silo")]
    public void Environment_GpuSilo_HasTheLabelThatTheTrainerPrefers(string name) => Assert.Equal("true", Sections(name).Silo.Get<SiloOptions>()!.Labels["gpu"]);

    [Theory]
    [InlineData("compose silo", "kubernetes silo", "azure silo")]
    public void Environment_Storage_IsSharedByAllSilos(params string[] names) => Assert.All(names, name =>
        Assert.Equal((StorageKind.Azure, ClusteringKind.Azure), (Sections(name).Silo.Get<SiloOptions>()!.Storage, Sections(name).Silo.Get<SiloOptions>()!.Clustering.Kind)));

    // The images are built with everything; this build may be without the engine or without Azure, and says that the remedy is another build.
    private static bool IsOfThisBuild(string failure) => failure.Contains("with -p:Engine=Orleans", StringComparison.Ordinal) || failure.Contains("with -p:OrleansCloud=true", StringComparison.Ordinal);

    private static (IConfiguration Silo, IConfiguration Episodes) Sections(string name)
    {
        var variables = SiloEnvironments.All[name].ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        Assert.All(variables.Keys, key => Assert.StartsWith(SiloOptions.Section + ":", key, StringComparison.Ordinal));
        var isOfEpisodes = variables.ToLookup(pair => pair.Key.StartsWith(GrainsOptions.Section + ":", StringComparison.Ordinal));
        return (Section(isOfEpisodes[false], SiloOptions.Section), Section(isOfEpisodes[true], GrainsOptions.Section));
    }

    private static IConfigurationSection Section(IEnumerable<KeyValuePair<string, string?>> variables, string section) =>
        new ConfigurationBuilder().AddInMemoryCollection(variables).Build().GetSection(section);
}
