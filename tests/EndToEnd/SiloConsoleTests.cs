using StepTool.Core.Worlds.BuiltIn;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

[Trait("Kind", "Simulation")]
public sealed class SiloConsoleTests
{
    [Fact]
    public async Task QueueAdd_FromAnotherProcess_RunsAtTheSiloAndIsTakenOnce()
    {
        await using var silo = await TemporarySilo.StartAsync();
        var tasks = BuiltInWorld.Create().Tasks.Take(5).Select(task => $$"""{"task": "{{task.Id}}"}""");
        await File.WriteAllLinesAsync(silo.Folder.Of("tasks.jsonl"), [.. tasks, "{\"task\": \"no-such\"}", "not json"]);
        string[] add = ["queue", "add", "tasks.jsonl", "--policy", "floor:bm25@1", "--silo", silo.Url];

        var first = await ConsoleProcess.RunAsync(silo.Folder.Path, [.. add, "--watch"]);
        var second = await ConsoleRun.OfAsync(["queue", "add", silo.Folder.Of("tasks.jsonl"), .. add[3..]]);
        var status = await ConsoleRun.OfAsync("queue", "status", "--silo", silo.Url);

        Assert.Equal(1, first.ExitCode); // two lines were refused
        Assert.Contains("5 tasks queued for floor:bm25@1, 2 lines refused.", first.Output, StringComparison.Ordinal);
        Assert.Contains("0 waiting or running, 5 ended", first.Output, StringComparison.Ordinal);
        Assert.Contains("tasks.jsonl:6: key 'task': 'no-such' is no task of world", first.Errors, StringComparison.Ordinal);
        Assert.Contains("tasks.jsonl:7: is not JSON at character 2", first.Errors, StringComparison.Ordinal);
        Assert.Contains("0 tasks queued for floor:bm25@1, 5 tasks queued before", second.Output + second.Errors, StringComparison.Ordinal);
        Assert.Contains("queue-", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ConsoleLeaves_RunGoesOnAndIsFoundAgain()
    {
        await using var silo = await TemporarySilo.StartAsync();
        using (var console = ConsoleProcess.Start(
            silo.Folder.Path, "train", "--silo", silo.Url, "--iterations", "3", "--batch", "16", "--curve-points", "1", "--dev-tasks", "20", "--test-tasks", "100"))
        {
            await console.WaitForAsync("Run train-built-in-1 in world");
            console.Interrupt();
            var left = await console.EndAsync();

            Assert.Equal(1, left.ExitCode);
            Assert.Contains($"The run goes on at {silo.Url}/. Find it again with: steptool runs watch train-built-in-1 --silo {silo.Url}", left.Errors, StringComparison.Ordinal);
        }

        var watched = await ConsoleRun.OfAsync("runs", "watch", "train-built-in-1", "--silo", silo.Url);

        Assert.True(watched.ExitCode == 0, watched.Errors);
        Assert.Contains("train-built-in-1: completed", watched.Output, StringComparison.Ordinal);
        var policy = await ConsoleRun.OfAsync("policy", "show", "train-built-in-1", "--out", silo.Folder.Of("policy"), "--silo", silo.Url);
        Assert.Contains("3 promoted", policy.Output + policy.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(silo.Folder.Of("policy", "policy.json")));
    }

    [Fact]
    public async Task Key_WrongOrRight_IsRefusedOrTaken()
    {
        await using var silo = await TemporarySilo.StartAsync("--api-key", "0123456789abcdef");

        var without = await ConsoleRun.OfAsync("runs", "list", "--silo", silo.Url);
        var with = await ConsoleRun.OfAsync("runs", "list", "--silo", silo.Url, "--api-key", "0123456789abcdef");

        Assert.Equal((1, 0), (without.ExitCode, with.ExitCode));
        Assert.Contains("Set STEPTOOL_API_KEY in the environment or give --api-key.", without.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataDirectory_InUseByASilo_NamesItsProcessAndUrl()
    {
        await using var silo = await TemporarySilo.StartAsync();

        var run = await ConsoleRun.OfAsync("runs", "list", "--data-dir", silo.Folder.Of("data"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"is in use by process {Environment.ProcessId}", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"Add --silo {silo.Url}", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Episodes_OfARun_AreListedShownAndScoredAnew()
    {
        using var folder = new TemporaryFolder();
        string[] data = ["--data-dir", folder.Of("data")];
        var run = await ConsoleRun.OfAsync(["evaluate", "--policy", "floor:bm25@2", "--no-floors", "--test-tasks", "20", "--out", folder.Of("out"), .. data]);
        Assert.True(run.ExitCode == 0, run.Errors);

        var list = await ConsoleRun.OfAsync(["episodes", "list", "evaluate-built-in-1", "--stage", "bm25@2", .. data]);
        var show = await ConsoleRun.OfAsync(["episodes", "show", "evaluate-built-in-1/3", .. data]);
        var rescored = await ConsoleRun.OfAsync(["episodes", "rescore", "evaluate-built-in-1", "--stage", "bm25@2", "--reward", "final", .. data]);
        var unknown = await ConsoleRun.OfAsync(["episodes", "show", "evaluate-built-in-1/999999", .. data]);

        Assert.Contains("20 of 20 episodes", list.Output, StringComparison.Ordinal);
        Assert.Contains("evaluate-built-in-1/3", show.Output, StringComparison.Ordinal);
        Assert.Contains("finish", show.Output, StringComparison.Ordinal);
        Assert.Contains("│ bm25@2 │       20 │", rescored.Output, StringComparison.Ordinal);
        Assert.Equal(2, unknown.ExitCode);
    }
}
