using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Worlds;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

[Trait("Kind", "Simulation")]
public sealed class CompareTests
{
    private static readonly string[] Small =
        ["compare", "--seeds", "1-2", "--turns", "300", "--start-turns", "100", "--demonstrations", "10", "--batch", "16", "--curve-points", "2", "--dev-tasks", "20",
         "--test-tasks", "24", "--no-floors", "--deterministic"];

    [Fact]
    public async Task Compare_AllMethodsTwice_GivesOneReportOverSeedsToTheBit()
    {
        using var folder = new TemporaryFolder();

        var one = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--out", "one"]);
        var two = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--out", "two"]);

        Assert.True(one.ExitCode == 0, one.Errors + one.Output);
        Assert.True(two.ExitCode == 0, two.Errors + two.Output);
        var report = Report.FromJson(await File.ReadAllTextAsync(folder.Of("one", "report.json")));
        Assert.Equal(["sft", "rft", "ppo", "eto", "archer", "steptool", "start", "sft+fill", "relevance", "relevance+fill"], report.Methods.Select(method => method.Method));
        Assert.All(report.Methods, method => Assert.Equal([1, 2], method.Seeds.AsEnumerable()));
        Assert.All(report.Methods.Where(method => method.Kind is MethodKind.Method), method =>
        {
            Assert.InRange(method.Turns, 300, 307);
            Assert.Equal([0L, 150, 300], method.Curve.Select(point => point.Turns));
            Assert.All(method.Curve, point => Assert.Equal(Split.Dev, point.Split));
        });
        Assert.All(report.Differences, difference => Assert.Equal("steptool", difference.Method));
        var other = Report.FromJson(await File.ReadAllTextAsync(folder.Of("two", "report.json")));
        Assert.Equal(WithoutCommand(report), WithoutCommand(other));
        Assert.Contains("steptool minus sft", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_AblationOnDev_MarksTheOracleAndCountsNoTestRun()
    {
        using var folder = new TemporaryFolder();

        var run = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--ablate", "rewards", "--split", "dev", "--json"]);

        Assert.True(run.ExitCode == 0, run.Errors);
        var report = Report.FromJson(run.Output);
        Assert.Equal((Split.Dev, 0), (report.Split, report.TestRuns));
        Assert.Equal(MethodKind.Reference, report.Methods.Single(method => method.Method == "steptool oracle").Kind);
        Assert.Equal(8, report.Methods.Count(method => method.Method.StartsWith("steptool", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--methods", "sft,grpo", "--methods is 'sft,grpo'; it must be names separated by commas, of all, sft, rft, ppo, eto, archer, steptool")]
    [InlineData("--ablate", "luck", "--ablate is 'luck'; it must be names separated by commas, of credit, rewards")]
    [InlineData("--seeds", "5-1", "--seeds is '5-1'; it must be whole numbers and ranges")]
    [InlineData("--seeds", "one", "--seeds is 'one'; it must be whole numbers and ranges")]
    [InlineData("--turns", "0", "--turns is '0'; it must be a whole number from 1")]
    public async Task Compare_BadOption_SaysWhatIsWrong(string option, string value, string message)
    {
        using var folder = new TemporaryFolder();

        var run = await ConsoleProcess.RunAsync(folder.Path, "compare", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    private static string WithoutCommand(Report report) => (report.WithoutTimings() with { Command = "", TestRuns = 1 }).ToJson();
}
