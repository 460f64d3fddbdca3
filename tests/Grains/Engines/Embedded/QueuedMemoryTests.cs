using System.Diagnostics;
using System.Text.Json;
using StepTool.Tests.Storage;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What a task costs that waits, measured by <c>bench -- queued</c>: in a process of its own, whose heap nothing else fills or frees.</summary>
[Trait("Kind", "Simulation")]
public sealed class QueuedMemoryTests
{
    private const int Tasks = 20_000;
    private const double MostBytes = 3072; // of 400 MB, beside what the silo takes for itself

    [Fact]
    public async Task Queue_TwentyThousandTasks_TakeLittleMemoryEach()
    {
        using var folder = new TestFolder();
        using var bench = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "StepTool.Bench.dll"), "queued", "--tasks", $"{Tasks}"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        })!;
        var output = await bench.StandardOutput.ReadToEndAsync();
        await bench.WaitForExitAsync();
        Assert.True(bench.ExitCode == 0, output);

        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "bench", "results", "queued.json")));
        var figures = result.RootElement.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("value").GetDouble()).ToArray();
        Assert.Equal(Tasks, figures[0]);
        Assert.InRange(figures[1], 1, MostBytes);
    }
}
