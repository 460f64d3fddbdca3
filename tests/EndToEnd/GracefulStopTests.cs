using System.Diagnostics;
using StepTool.Core.Evaluation.Reports;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Real processes told to stop in the middle of their work, once or twice; what they leave is then played to its end and counted from outside.</summary>
[Trait("Kind", "Simulation")]
public sealed class GracefulStopTests
{
    private const int AtOnce = 130;

    [Fact]
    public async Task Silo_Terminated_WaitsForCallsThatCannotBeRepeated()
    {
        await using var tools = await HeldTools.StartAsync();
        using var silo = await SiloProcess.StartAsync(tools.Environment, "--data-dir", tools.Directory);
        await QueueAsync(tools, silo);

        silo.Signal("-TERM");
        await silo.WaitForAsync("Stopping between two steps");
        tools.Release();

        Assert.Equal(0, await silo.EndAsync());
        await tools.CheckAsync(unknown: 0);
    }

    [Fact]
    public async Task Silo_TerminatedWhileAnApiHangs_WaitsNoLongerThanForACall()
    {
        await using var tools = await HeldTools.StartAsync();
        var environment = tools.Environment;
        environment["StepTool__Episodes__CallTimeout"] = "00:00:05";
        using var silo = await SiloProcess.StartAsync(environment, "--data-dir", tools.Directory);
        await QueueAsync(tools, silo);

        var since = Stopwatch.GetTimestamp();
        Assert.Equal(0, await silo.StopAsync()); // the server never answered
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(40)); // a drain that waited for the answer would have had 60
        tools.Release();
        await tools.CheckAsync(unknown: null);
    }

    [Fact]
    public async Task Silo_TerminatedTwice_EndsAtOnceAndRepeatsNoCall()
    {
        await using var tools = await HeldTools.StartAsync();
        using var silo = await SiloProcess.StartAsync(tools.Environment, "--data-dir", tools.Directory);
        await QueueAsync(tools, silo);

        silo.Signal("-TERM");
        await silo.WaitForAsync("Stopping between two steps");
        silo.Signal("-INT");

        Assert.Equal(AtOnce, await silo.EndAsync()); // while the server still holds its calls
        tools.Release();
        await tools.CheckAsync(HeldTools.Held);
    }

    [Fact]
    public async Task ConsoleWithItsOwnSilo_Interrupted_WaitsForCallsThatCannotBeRepeated()
    {
        await using var tools = await HeldTools.StartAsync();
        using var console = ConsoleProcess.Start(tools.Folder, tools.Environment, [.. tools.Add, "--watch", "--data-dir", tools.Directory]);
        await tools.FullAsync();

        console.Interrupt();
        await console.ComplainsAsync("Stopping between two steps");
        tools.Release();

        Assert.Equal(1, (await console.EndAsync()).ExitCode); // it was left before its tasks had ended
        await tools.CheckAsync(unknown: 0);
        using var idle = ConsoleProcess.Start(tools.Folder, tools.Environment, "queue", "watch", "--data-dir", tools.Directory);
        await idle.WaitForAsync($"0 waiting or running, {HeldTools.Tasks} ended");
        idle.Interrupt();
        Assert.Equal(0, (await idle.EndAsync()).ExitCode); // and here all had
    }

    [Fact]
    public async Task ConsoleWithItsOwnSilo_InterruptedTwice_EndsAtOnceAndRepeatsNoCall()
    {
        await using var tools = await HeldTools.StartAsync();
        using var console = ConsoleProcess.Start(tools.Folder, tools.Environment, [.. tools.Add, "--watch", "--data-dir", tools.Directory]);
        await tools.FullAsync();

        console.Interrupt();
        await console.ComplainsAsync("Stopping between two steps");
        console.Interrupt();

        Assert.Equal(AtOnce, (await console.EndAsync()).ExitCode);
        tools.Release();
        await tools.CheckAsync(HeldTools.Held);
    }

    [Fact]
    public async Task Compare_InterruptedOnceThenTwice_GoesOnAndReportsAsIfNothingHadHappened()
    {
        string[] compare =
            ["compare", "--methods", "steptool", "--seeds", "1-2", "--turns", "400", "--start-turns", "100", "--demonstrations", "10", "--batch", "16", "--curve-points", "2",
             "--dev-tasks", "20", "--test-tasks", "24", "--no-floors", "--deterministic", "--json"];
        using var folder = new TemporaryFolder();
        for (var signals = 1; signals <= 2; signals++)
        {
            using var console = ConsoleProcess.Start(folder.Path, compare);
            await console.ComplainsAsync(" %"); // with --json all that is not the document goes there
            if (signals == 1)
            {
                console.Interrupt();
                await console.ComplainsAsync("Go on with the same command.");
            }
            else
            {
                console.InterruptTwice(); // after a line of its own the drain, which no tool holds here, might be over before a second signal came
            }

            Assert.Equal(signals == 2 ? AtOnce : 1, (await console.EndAsync()).ExitCode);
        }

        var last = await ConsoleProcess.RunAsync(folder.Path, compare);
        using var fresh = new TemporaryFolder();
        var whole = await ConsoleProcess.RunAsync(fresh.Path, compare);

        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.Contains("runs compare-built-in-1 to compare-built-in-2", last.Errors, StringComparison.Ordinal);
        Assert.Equal(Report.FromJson(whole.Output).WithoutTimings().ToJson(), Report.FromJson(last.Output).WithoutTimings().ToJson());
    }

    private static async Task QueueAsync(HeldTools tools, SiloProcess silo)
    {
        var added = await ConsoleProcess.RunAsync(tools.Folder, [.. tools.Add, "--silo", silo.Url]);
        Assert.True(added.ExitCode == 0, added.Errors);
        await tools.FullAsync();
    }
}
