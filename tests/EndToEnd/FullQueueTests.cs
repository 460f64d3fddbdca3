using System.Text.Json;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>A console whose tasks find the queue full.</summary>
[Trait("Kind", "Simulation")]
public sealed class FullQueueTests
{
    [Fact]
    public async Task QueueAdd_QueueIsFull_WaitsUntilThereIsRoomAndQueuesNothingTwice()
    {
        await using var tools = await HeldTools.StartAsync();
        var environment = tools.Environment;
        environment["StepTool__Episodes__MaxQueued"] = "1000";
        using var silo = await SiloProcess.StartAsync(environment, "--data-dir", tools.Directory);
        Assert.Equal(0, (await ConsoleProcess.RunAsync(tools.Folder, [.. tools.Add, "--silo", silo.Url])).ExitCode);
        await tools.FullAsync();
        var more = Path.Combine(tools.Folder, "more.jsonl");
        await File.WriteAllLinesAsync(more, Enumerable.Range(0, 1000).Select(task => JsonSerializer.Serialize(new { query = $"Look {task}.", apis = (string[])["openapi/held/look_0"] })));
        string[] add = [.. tools.Add, "--silo", silo.Url];
        add[2] = more;

        using (var interrupted = ConsoleProcess.Start(tools.Folder, add))
        {
            await interrupted.ComplainsAsync("StepTool:Episodes:MaxQueued is 1000");
            interrupted.Interrupt();
            var (exitCode, _, errors) = await interrupted.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("Stopped: the last 1,000 tasks of 1,000 were not queued. The same command queues them, and none twice.", errors, StringComparison.Ordinal);
        }

        using var waiting = ConsoleProcess.Start(tools.Folder, add);
        await waiting.ComplainsAsync("Waiting for room; Ctrl-C ends the wait.");
        tools.Release();
        var waited = await waiting.EndAsync();
        Assert.True(waited.ExitCode == 0, waited.Errors);
        Assert.Contains("1,000 tasks queued for floor:listed, 0 lines refused.", waited.Output, StringComparison.Ordinal);
        Assert.Contains("0 tasks queued for floor:listed, 1,000 tasks queued before", (await ConsoleProcess.RunAsync(tools.Folder, add)).Output, StringComparison.Ordinal);
    }
}
