using System.Text.Json;
using System.Text.RegularExpressions;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using Xunit;

using FreePort = StepTool.Bench.Fleet.FreePort;

namespace StepTool.Tests.EndToEnd;

[Trait("Kind", "Simulation")]
public sealed class SiloConsoleTests
{
    [Fact]
    public async Task QueueAdd_FromAnotherProcess_RunsAtTheSiloAndIsTakenOnce()
    {
        await using var silo = await TemporarySilo.StartAsync();
        var lines = BuiltInWorld.Create().Tasks.Take(7).Select(task => $$"""{"task": "{{task.Id}}"}""").ToArray();
        var (tasks, more) = (lines[..5], lines[5..]);
        await File.WriteAllLinesAsync(silo.Folder.Of("tasks.jsonl"), [.. tasks, "{\"task\": \"no-such\"}", "not json"]);
        string[] add = ["queue", "add", "tasks.jsonl", "--policy", "floor:bm25@1", "--silo", silo.Url];

        var first = await ConsoleProcess.RunAsync(silo.Folder.Path, [.. add, "--watch"]);
        var second = await ConsoleRun.OfAsync(["queue", "add", silo.Folder.Of("tasks.jsonl"), .. add[3..]]);
        await File.WriteAllLinesAsync(silo.Folder.Of("tasks.jsonl"), [.. more, "not json", .. tasks]); // in other places, and one of those refused is corrected
        var third = await ConsoleRun.OfAsync(["queue", "add", silo.Folder.Of("tasks.jsonl"), .. add[3..]]);
        var anew = await ConsoleRun.OfAsync(["queue", "add", silo.Folder.Of("tasks.jsonl"), "--again", .. add[3..]]);
        var status = await ConsoleRun.OfAsync("queue", "status", "--silo", silo.Url);
        var run = Assert.Single(Regex.Matches(status.Output, "queue-[0-9a-f]+").Select(match => match.Value).Distinct());
        var ended = await ConsoleRun.OfAsync("queue", "cancel", $"{run}/0", "--silo", silo.Url);
        var resumed = await ConsoleRun.OfAsync("episodes", "resume", run, "--silo", silo.Url);
        await ConsoleRun.OfAsync("runs", "cancel", run, "--silo", silo.Url);
        var after = await ConsoleRun.OfAsync(["queue", "add", silo.Folder.Of("tasks.jsonl"), .. add[3..], "--watch"]);

        Assert.Equal((0, $"Task {run}/0 had ended already."), (ended.ExitCode, ended.Output.Trim()));
        Assert.Equal((0, $"No episode of {run} that has ended was ended by a fault."), (resumed.ExitCode, resumed.Output.Trim()));
        Assert.Equal(1, first.ExitCode); // two lines were refused
        Assert.Contains("5 tasks queued for floor:bm25@1, 2 lines refused.", first.Output, StringComparison.Ordinal);
        Assert.Contains("0 waiting or running, 5 ended", first.Output, StringComparison.Ordinal);
        Assert.Contains("tasks.jsonl:6: key 'task': 'no-such' is no task of world", first.Errors, StringComparison.Ordinal);
        Assert.Contains("tasks.jsonl:7: is not JSON at character 2", first.Errors, StringComparison.Ordinal);
        Assert.Contains("0 tasks queued for floor:bm25@1, 5 tasks queued before", second.Output + second.Errors, StringComparison.Ordinal);
        Assert.Contains("2 tasks queued for floor:bm25@1, 5 tasks queued before (--again queues anew), 1 line refused.", third.Output, StringComparison.Ordinal);
        Assert.Contains("7 tasks queued for floor:bm25@1, 1 line refused.", anew.Output, StringComparison.Ordinal);
        Assert.Contains("7 tasks queued for floor:bm25@1, 1 line refused.", after.Output, StringComparison.Ordinal); // the run that was cancelled takes no more, and another has its place
        Assert.Contains($"{run}-2", (await ConsoleRun.OfAsync("queue", "status", "--silo", silo.Url)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueueAdd_LongTasks_AreSentInPartsAndPlayed()
    {
        await using var silo = await TemporarySilo.StartAsync();
        var api = BuiltInWorld.Create().Apis.First();
        await File.WriteAllLinesAsync(silo.Folder.Of("tasks.jsonl"), Enumerable.Range(0, 50).Select(index => JsonSerializer.Serialize(new { query = $"{index} " + new string('å', 19_000), apis = new[] { api.ToString() } })));

        var added = await ConsoleRun.OfAsync("queue", "add", silo.Folder.Of("tasks.jsonl"), "--policy", "floor:bm25@1", "--watch", "--silo", silo.Url);

        Assert.True(added.ExitCode == 0, added.Errors);
        Assert.Contains("50 tasks queued for floor:bm25@1", added.Output, StringComparison.Ordinal);
        Assert.Contains("0 waiting or running, 50 ended", added.Output, StringComparison.Ordinal);
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
    public async Task Train_SiloIsKilledAndComesBack_ConsoleWaitsAndGoesOnToTheReport()
    {
        using var folder = new TemporaryFolder();
        string[] place = ["--url", $"http://127.0.0.1:{FreePort.Next()}", "--data-dir", folder.Of("data")];
        using var first = await SiloProcess.StartAsync([], place);
        using var console = ConsoleProcess.Start(
            folder.Path, "train", "--silo", first.Url, "--no-floors", "--iterations", "12", "--batch", "16", "--curve-points", "1", "--dev-tasks", "8", "--test-tasks", "16");
        await console.WaitForAsync("0:0"); // the first look at the run, whatever it is at
        first.Signal("-KILL");
        await first.EndAsync();
        await console.ComplainsAsync($"No answer yet through {first.Url}/; trying again for 60 seconds.");

        using var second = await SiloProcess.StartAsync([], place);
        var ended = await console.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.Errors + second.Output);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.Of("out", "train-built-in-1", "report.json")), ended.Output);
        Assert.Equal(0, await second.StopAsync());
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
        Assert.Contains($"Commands work through it with --silo {silo.Url}; a second silo needs another --data-dir.", run.Errors, StringComparison.Ordinal);
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
