using StepTool.Bench;
using StepTool.Bench.Crashes;
using StepTool.Bench.Engines;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>The silo's own program, killed at any moment and at each where something is half done.</summary>
[Trait("Kind", "Simulation")]
public sealed class CrashTests
{
    [Fact]
    public async Task Silo_KilledTwentyTimesAndInEachWindow_LosesNothingAndDoesNothingTwice()
    {
        var measured = await CrashSuite.MeasureAsync(new BenchOptions(["--kills", "20", "--spare", "20", "--seed", "1"]), silos: 1, () => Task.FromResult(CrashGround.Sqlite()));

        Assert.Empty(measured.Violations);
        Assert.All(Enum.GetValues<CrashWindow>(), window => Assert.Contains(measured.Figures, figure => figure.Name == CrashSuite.FigureOf(window)));
    }

    [AzuriteFact]
    public async Task Silo_KilledOverAzureStorage_LosesNothingAndDoesNothingTwice()
    {
        await using var container = TestContainer.Named();

        var measured = await CrashSuite.MeasureAsync(
            new BenchOptions(["--kills", "8", "--seed", "2"]), silos: 1, () => Task.FromResult(BenchEngine.Ground(container.Options.ConnectionString, container.Options.Container)));

        Assert.Empty(measured.Violations);
    }
}
