using StepTool.Bench;
using StepTool.Bench.Crashes;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>The silo's own program, killed at any moment and at each where something is half done.</summary>
[Trait("Kind", "Simulation")]
public sealed class CrashTests
{
    [Fact]
    public async Task Silo_KilledTwentyTimes_LosesNothingAndDoesNothingTwice()
    {
        var measured = await CrashSuite.MeasureAsync(new BenchOptions(["--kills", "20", "--seed", "1"]), silos: 1, () => Task.FromResult(CrashGround.Sqlite()));

        Assert.Empty(measured.Violations);
        Assert.All(Enum.GetValues<CrashWindow>(), window => Assert.Contains(measured.Figures, figure => figure.Name == CrashSuite.FigureOf(window)));
    }
}
