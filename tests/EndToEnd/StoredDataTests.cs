using System.Text.Json;
using Microsoft.Data.Sqlite;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Grains.Contracts;
using StepTool.Tests.Client;
using StepTool.Tests.Doctor;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Commands over a data directory that a training has left behind.</summary>
[Trait("Kind", "Storage"), Collection(TrainedData.Name)]
public sealed class StoredDataTests(TrainedData trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evaluate_BesideADamagedRun_ReportsAndSaysThatItIsNotCounted()
    {
        var data = trained.CopyTo(_folder);
        StorageBuilder.Sql(Path.Combine(data, "state.db"), "UPDATE grain_state SET state = x'530100' || x'7b7d7d' WHERE name = 'run'");

        var run = await ConsoleRun.OfAsync("evaluate", "--policy", "small@2", "--no-floors", "--test-tasks", "5", "--data-dir", data, "--out", _folder.Of("out"));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var report = Report.FromJson(await File.ReadAllTextAsync(_folder.Of("out", "report.json")));
        var note = Assert.Single(report.Notes);
        Assert.StartsWith("Run small may have looked at the test tasks and is not counted, since it cannot be read: ", note, StringComparison.Ordinal);
        Assert.Contains("is corrupt", note, StringComparison.Ordinal);
        Assert.Contains(note, run.Output, StringComparison.Ordinal);
        Assert.Equal((5, 1), (report.Tasks, report.TestRuns));
    }

    [Fact]
    public async Task Looking_AtRunsThatAreUnderWay_GoesOnWithNone()
    {
        var data = trained.CopyTo(_folder);
        await using (var silo = await IdleAsync(data))
        {
            await silo.Run("queue-built-in").StartAsync(Queue());
            await silo.Run("queue-built-in").AddTasksAsync(new TaskBatch("batch", [.. (await silo.Worlds.GetAsync("built-in:1", default)).Tasks.Take(8)]));
            await silo.Run("more").StartAsync(Measuring());
        }

        var before = Records(data);
        var (list, show, policies, queue) = (await LookAsync("runs", "list"), await LookAsync("runs", "show", "more"), await LookAsync("policy", "list"), await LookAsync("queue", "status"));
        var (episodes, tools) = (await LookAsync("episodes", "list", "small"), await LookAsync("tools", "list"));

        Assert.Equal(before, Records(data));
        Assert.Contains($"No silo works here now; what is running goes on with: steptool runs watch ID --data-dir {data}", list, StringComparison.Ordinal);
        Assert.Contains($"No silo works on it now; it goes on with: steptool runs watch more --data-dir {data}", show, StringComparison.Ordinal);
        Assert.Contains($"No silo works here now; what waits goes on with: steptool queue watch --data-dir {data}", queue, StringComparison.Ordinal);
        Assert.All([policies, episodes, tools], output => Assert.NotEmpty(output));

        async Task<string> LookAsync(params string[] command)
        {
            var run = await ConsoleRun.OfAsync([.. command, "--data-dir", data]);
            Assert.True(run.ExitCode == 0, run.Output + run.Errors);
            return run.Output;
        }
    }

    [Fact]
    public async Task Changing_OneThing_StartsNoWork()
    {
        var data = trained.CopyTo(_folder);
        await using (var silo = await IdleAsync(data))
        {
            await silo.Run("queue-built-in").StartAsync(Queue());
            await silo.Run("queue-built-in").AddTasksAsync(new TaskBatch("batch", [.. (await silo.Worlds.GetAsync("built-in:1", default)).Tasks.Take(8)]));
            await silo.Run("more").StartAsync(Measuring("small@2"));
            await silo.Policy("small").PinAsync("more", 2); // as a run has that measures it
        }

        var before = Records(data);
        var api = BuiltInWorld.Create().Apis.First().ToString();
        string[][] commands =
        [
            ["policy", "promote", "small", "--version", "1"], ["policy", "promote", "small"], ["policy", "rollback", "small"], ["policy", "pin", "small", "--version", "1"],
            ["policy", "prune", "small", "--keep", "1"], ["tools", "call", api], ["runs", "cancel", "more"],
        ];
        foreach (var command in commands)
        {
            var run = await ConsoleRun.OfAsync([.. command, "--data-dir", data]);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}: {run.Output}{run.Errors}");
        }

        var changed = Records(data).Except(before).Select(record => record.Split(' ')[0]).ToList();
        Assert.Contains("policy/small", changed);
        Assert.Contains("run/more", changed);
        Assert.DoesNotContain(changed, grain => grain.Contains("queue", StringComparison.Ordinal) || grain.StartsWith("task", StringComparison.Ordinal) || grain.StartsWith("trainer", StringComparison.Ordinal));
        await using var after = await IdleAsync(data);
        Assert.Equal([RunPhase.Running, RunPhase.Cancelled], [(await after.Run("queue-built-in").StatusAsync()).Phase, (await after.Run("more").StatusAsync()).Phase]);
        Assert.Equal(["@1"], (await after.Policy("small").HistoryAsync()).Pins.Keys); // the pin of a run ends with it
    }

    [Fact]
    public async Task Listing_BesideADamagedRecord_ShowsTheOthersAndNamesIt()
    {
        var data = trained.CopyTo(_folder);
        await using (var silo = await IdleAsync(data))
        {
            foreach (var queue in new[] { Queue(), Queue() with { Run = "queue-other", Serves = PolicyReference.Parse("floor:random") } })
            {
                await silo.Run(queue.Run).StartAsync(queue);
                await silo.Run(queue.Run).AddTasksAsync(new TaskBatch("batch", [.. (await silo.Worlds.GetAsync("built-in:1", default)).Tasks.Take(2)]));
            }

            await silo.Index.NoteAsync(new RunEntry("another", "built-in:1", ["another"], IsActive: false));
        }

        StorageBuilder.Sql(Path.Combine(data, "state.db"), "INSERT INTO grain_state (name, grain, version, state) VALUES ('policy', 'policy/another', 1, x'530100' || x'7b7d7d')");
        StorageBuilder.Sql(Path.Combine(data, "state.db"), "UPDATE grain_state SET state = x'530100' || x'7b7d7d' WHERE grain = 'run/queue-other'");

        var policies = await ConsoleRun.OfAsync("policy", "list", "--data-dir", data);
        var json = await ConsoleRun.OfAsync("policy", "list", "--json", "--data-dir", data);
        var status = await ConsoleRun.OfAsync("queue", "status", "--data-dir", data);
        var watched = await ConsoleRun.OfAsync("queue", "watch", "--until-done", "--data-dir", data);

        Assert.Equal((0, 0, 1), (policies.ExitCode, status.ExitCode, watched.ExitCode)); // whether all tasks of the damaged queue have ended cannot be told
        Assert.Matches("│ small .* steptool ", policies.Output);
        Assert.Matches("(?m)^another: .* is corrupt.* Put back a copy", policies.Output);
        Assert.DoesNotContain("   at ", policies.Output + policies.Errors + status.Output + status.Errors, StringComparison.Ordinal);
        Assert.Equal([true, false], JsonDocument.Parse(json.Output).RootElement.EnumerateArray().Select(policy => policy.GetProperty("failure").ValueKind is JsonValueKind.Null));
        Assert.Contains("│ queue-built-in │", status.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^queue-other cannot be read: .* is corrupt.* Put back a copy", status.Output);
        Assert.Contains("queue-built-in: 0 waiting or running, 2 ended", watched.Output, StringComparison.Ordinal);
        Assert.Contains("queue-other cannot be read: ", watched.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_WhereNothingIs_MakesNoFolder()
    {
        var mistyped = _folder.Of("mistyped");

        var named = await ConsoleRun.OfAsync("runs", "list", "--data-dir", mistyped);
        var standard = await ConsoleProcess.RunAsync(_folder.Path, "runs", "list");

        Assert.Equal((1, $"'{mistyped}' is no data directory of StepTool; it must be a folder that a silo or a console has used, or a copy of one. Give another with --data-dir."), (named.ExitCode, named.Errors.Trim()));
        Assert.Equal((0, "There are no runs yet. Start one with: steptool train"), (standard.ExitCode, standard.Output.Trim()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static Task<Connection> IdleAsync(string data) => InProcessSilo.StartIdleAsync(data, new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), default);

    private static RunPlan Queue() => new() { Run = "queue-built-in", World = "built-in:1", Serves = PolicyReference.Parse("floor:listed") };

    private static RunPlan Measuring(string policy = "floor:listed") => new()
    {
        Run = "more",
        World = "built-in:1",
        Stages = [new EvaluateStage { Name = "one", Policy = PolicyReference.Parse(policy), Split = Split.Dev, MaxTasks = 5 }],
    };

    // What each grain has stored, by how often it was written.
    private static List<string> Records(string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "state.db")};Pooling=False");
        connection.Open();
        using var read = new SqliteCommand("SELECT grain || ' ' || name || ' ' || version FROM grain_state ORDER BY 1", connection);
        using var rows = read.ExecuteReader();
        return [.. rows.Cast<System.Data.IDataRecord>().Select(row => row.GetString(0))];
    }
}
