using StepTool.Core.Evaluation.Reports;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

[Trait("Kind", "Simulation")]
public sealed class TrainTests
{
    // Small, but through everything: a floor-free look at few tasks, two parts of training.
    private static readonly string[] Small =
        ["train", "--no-floors", "--iterations", "4", "--batch", "16", "--curve-points", "2", "--dev-tasks", "20", "--test-tasks", "40", "--deterministic"];

    [Fact]
    public async Task Train_Small_WritesReportsAndAPolicyThatEvaluateTakes()
    {
        using var folder = new TemporaryFolder();

        var run = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--out", "trained"]);

        Assert.True(run.ExitCode == 0, run.Errors + run.Output);
        var report = Report.FromJson(await File.ReadAllTextAsync(folder.Of("trained", "report.json")));
        Assert.Equal(["steptool", "untrained"], report.Methods.Select(method => method.Method));
        Assert.Equal((40, 4L, 1), (report.Tasks, report.Methods[0].Updates, report.TestRuns));
        Assert.True(File.Exists(folder.Of("trained", "report.md")) && File.Exists(folder.Of("trained", "report.html")));

        var again = await ConsoleProcess.RunAsync(folder.Path, "evaluate", "--policy", "trained/policy", "--no-floors", "--test-tasks", "40", "--json");

        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(report.Methods[0].PassRate, Report.FromJson(again.Output).Methods[0].PassRate);
    }

    [Fact]
    public async Task Train_SettingThatTheMethodDoesNotRead_IsWrongUsageBeforeAnythingRuns()
    {
        using var folder = new TemporaryFolder();

        var run = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--method", "archer", "--lambda", "0.5"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--lambda is '0.5', and method 'archer' does not read it. Leave it out, or choose a method that does: ppo, steptool.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_DeterministicTwice_GivesTheSameReport()
    {
        using var folder = new TemporaryFolder();

        var one = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--json"]);
        var two = await ConsoleProcess.RunAsync(folder.Path, [.. Small, "--json"]);

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.Equal(Report.FromJson(one.Output).WithoutTimings().ToJson(), Report.FromJson(two.Output).WithoutTimings().ToJson());
        Assert.True(Directory.Exists(folder.Of("out", "train-built-in-1")) && Directory.Exists(folder.Of("out", "train-built-in-1-2")));
    }

    [Fact]
    public async Task Train_InterruptedAndGivenAgain_GoesOnAndReportsAsIfNothingHadHappened()
    {
        using var folder = new TemporaryFolder();
        string[] longer = [.. Small, "--iterations", "30"];
        longer = [.. longer.Where((_, index) => index is not (2 or 3))];
        using (var first = ConsoleProcess.Start(folder.Path, longer))
        {
            await first.WaitForAsync("Run train-built-in-1 in world");
            await first.WaitForAsync("0:0");
            first.Interrupt();
            var stopped = await first.EndAsync();

            Assert.Equal(1, stopped.ExitCode);
            Assert.Contains("nothing is lost. Go on with the same command, or with: steptool runs watch train-built-in-1", stopped.Errors, StringComparison.Ordinal);
        }

        var second = await ConsoleProcess.RunAsync(folder.Path, [.. longer, "--json"]);

        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Contains("Run train-built-in-1 goes on", second.Errors, StringComparison.Ordinal);
        using var fresh = new TemporaryFolder();
        var whole = await ConsoleProcess.RunAsync(fresh.Path, [.. longer, "--json"]);
        Assert.Equal(Report.FromJson(whole.Output).WithoutTimings().ToJson(), Report.FromJson(second.Output).WithoutTimings().ToJson());
    }
}
