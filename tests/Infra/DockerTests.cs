using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using StepTool.Client.CommandLine;
using StepTool.Silo.Cluster;
using StepTool.Silo.Health;
using StepTool.Silo.Hosting;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace StepTool.Tests.Infra;

[Trait("Kind", "Unit")]
public sealed class DockerTests
{
    private static readonly string[] Images = ["silo", "gpu-silo"];

    [Theory]
    [InlineData("silo")]
    [InlineData("gpu-silo")]
    public void Image_StartsTheSiloAndAsksItByPrograms_ThatItHolds(string image)
    {
        var silo = typeof(SiloProgram).Assembly.GetName().Name;
        var stage = DeploymentFiles.Stages()[image];

        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{silo}.dll\"]", stage);
        Assert.Contains(stage, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.EndsWith($"CMD [\"dotnet\", \"{silo}.dll\", \"{AliveProbe.Command}\"]", StringComparison.Ordinal));
        Assert.Equal(["dotnet", $"{typeof(SteptoolRoot).Assembly.GetName().Name}.dll"], DeploymentFiles.Strings(Service("console")["entrypoint"]));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gpu-silo")]
    public void Image_IsNotRootAndExposesWhereTheSiloListens(string image)
    {
        var settings = SiloEnvironments.All["kubernetes silo"];
        var stage = DeploymentFiles.Stages()[image];

        Assert.Contains("USER 1654:1654", stage);
        Assert.Contains($"EXPOSE {HttpPort(image)} {settings["StepTool__Clustering__SiloPort"]} {settings["StepTool__Clustering__GatewayPort"]}", stage);
    }

    // A project that is not copied before the restore fails it, or, worse, is restored without its packages.
    [Fact]
    public void Dockerfile_CopiesEveryProjectThatTheConsoleNeeds_AndTheContextHoldsIt()
    {
        var needed = Needed("client").Order().Distinct().ToArray();
        var copied = DeploymentFiles.Stages()["projects"].Select(line => Regex.Match(line, @"^COPY (\w+)/\*\.csproj \1/$")).Where(match => match.Success).Select(match => match.Groups[1].Value);
        var context = DeploymentFiles.Text(".dockerignore").Split('\n');

        Assert.Equal(needed, copied.Order());
        Assert.All(needed, project => Assert.Contains($"!{project}", context));
    }

    [Fact]
    public void Compose_EachImage_IsAStageOfTheDockerfileInThisVersion()
    {
        Assert.All(Images, name =>
        {
            Assert.Equal(name, Service(name)["build"]["target"].ToString());
            Assert.Contains(name, DeploymentFiles.Stages().Keys);
            Assert.Equal($"steptool-{name}:{GrainContracts.Version}", Service(name)["image"].ToString());
        });
        Assert.Equal(Service("silo")["image"], Service("console")["image"]);
        Assert.True(File.Exists(Path.Combine(DeploymentFiles.Root, "infra/docker", Service("silo")["build"]["context"].ToString(), Service("silo")["build"]["dockerfile"].ToString())));
    }

    [Fact]
    public async Task Compose_GracePeriod_IsLongerThanADrain()
    {
        var drain = (await Budgets.ReadAsync()).Drain;

        Assert.All(Images, name => Assert.True(
            Seconds(Service(name)["stop_grace_period"].ToString()) >= drain.TotalSeconds + 10, $"{name} may be killed while it drains, which takes up to {drain}."));
    }

    [Fact]
    public void Compose_PublishedPort_IsWhereTheSiloListens() =>
        Assert.EndsWith($":{HttpPort("silo")}", Assert.Single(DeploymentFiles.Strings(Service("silo")["ports"])), StringComparison.Ordinal);

    [Fact]
    public void Compose_EachSilo_WaitsForHealthyStorage() => Assert.All(Images, name =>
        Assert.Equal("service_healthy", Service(name)["depends_on"]["azurite"]["condition"].ToString()));

    [Fact]
    public void Compose_Azurite_IsTheVersionThatTheTestsRun()
    {
        using var package = JsonDocument.Parse(DeploymentFiles.Text("infra/azurite/package.json"));

        Assert.EndsWith($":{package.RootElement.GetProperty("dependencies").GetProperty("azurite").GetString()}", Service("azurite")["image"].ToString(), StringComparison.Ordinal);
    }

    private static Dictionary<string, YamlNode> Service(string name) => DeploymentFiles.Services[name];

    private static int HttpPort(string image) => new Uri(SiloEnvironments.All[$"image {image}"]["StepTool__Url"]).Port;

    private static double Seconds(string duration) => double.Parse(Regex.Match(duration, @"^(\d+)s$").Groups[1].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Needed(string project)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(DeploymentFiles.Root, project), "*.csproj"));
        return XDocument.Load(file).Descendants("ProjectReference")
            .SelectMany(reference => Needed(reference.Attribute("Include")!.Value.Split('/')[1]))
            .Append(project);
    }
}
