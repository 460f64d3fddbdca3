using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace StepTool.Bench;

/// <summary>Runs benchmarks by name, prints a table, and writes each result with command, commit and machine to <c>bench/results</c>.</summary>
internal static class BenchSuite
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Names of all benchmarks.</summary>
    internal static ImmutableArray<string> Names { get; } = ["calls", "steps", "memory", "matmul", "decisions"];

    /// <summary>Runs the benchmarks named. Returns 0, or 2 for a name that there is none of.</summary>
    internal static async Task<int> RunAsync(ImmutableArray<string> names)
    {
        if (names.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no benchmark '{unknown}'; name some of {string.Join(", ", Names)}, or all.");
            return 2;
        }

        Console.WriteLine($"{"benchmark",-12} {"figure",-44} {"value",16} {"goal",12}");
        foreach (var name in names)
        {
            var figures = await MeasureAsync(name);
            foreach (var figure in figures)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12} {figure.Name,-44} {figure.Value,16:N2} {figure.Goal,12}"));
            }

            Write(name, figures);
        }

        return 0;
    }

    private static async Task<ImmutableArray<Figure>> MeasureAsync(string name)
    {
        switch (name)
        {
            case "calls":
                var calls = await GrainCalls.MeasureAsync(TimeSpan.FromSeconds(5));
                return [new("calls per second, 64 callers", calls.CallsPerSecond, "> 500,000"), new("bytes allocated a call", calls.BytesPerCall, "")];
            case "steps":
                return
                [
                    new("episode steps per second, memory", await EpisodeSteps.RunAsync("memory"), "> 20,000"),
                    new("episode steps per second, sqlite", await EpisodeSteps.RunAsync("sqlite"), "> 3,000"),
                ];
            case "memory":
                return [new("bytes a queued task, 100,000 tasks", await QueuedTasks.BytesAsync(100_000), "< 3,072")];
            case "decisions":
                return [new("decisions per second, one thread", Decisions.PerSecond(TimeSpan.FromSeconds(3)), "")];
            default:
                return [.. MatrixMultiply.Measure().Rows.SelectMany(row => (Figure[])
                [
                    new($"{row.Size} on {row.Threads} thread(s), Gflop/s", row.Gigaflops, ""),
                    new($"{row.Size} on {row.Threads} thread(s), share of FMA peak", row.Share, row.Size == 1024 ? "> 0.80" : ""),
                ])];
        }
    }

    private static void Write(string name, ImmutableArray<Figure> figures)
    {
        var result = new
        {
            benchmark = name,
            command = $"dotnet run -c Release --project bench -- {name}",
            commit = Commit(),
            machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}",
            figures,
        };
        Directory.CreateDirectory(Path.Combine("bench", "results"));
        File.WriteAllText(Path.Combine("bench", "results", $"{name}.json"), JsonSerializer.Serialize(result, Indented) + Environment.NewLine);
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit;
    }
}

/// <summary>One measured figure.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Value">The value.</param>
/// <param name="Goal">The goal it is held against, or empty.</param>
internal sealed record Figure(string Name, double Value, string Goal);
