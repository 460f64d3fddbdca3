using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using StepTool.Bench.Engines;
using StepTool.Bench.Fleet;
using StepTool.Bench.Learning;
using StepTool.Bench.Live;
using StepTool.Bench.Virtual;
using StepTool.Silo.Engines;

namespace StepTool.Bench;

/// <summary>Runs benchmarks by name, prints a table, and writes each result with command, commit and machine to <c>bench/results</c>.</summary>
internal static class BenchSuite
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadUsage = 2;
    private const string Default = "embedded";
    private static readonly JsonSerializerOptions Indented =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Benchmarks of every engine, then those of this one.</summary>
    private static ImmutableArray<Suite> Suites { get; } =
    [
        new("calls", async _ =>
        {
            var calls = await GrainCalls.MeasureAsync(TimeSpan.FromSeconds(5));
            return Figures(new("calls per second, 64 callers", calls.CallsPerSecond, "> 500,000"), new("bytes allocated a call", calls.BytesPerCall));
        }),
        new("durability", DurabilitySuite.MeasureAsync),
        new("memory", SiloMemory.MeasureAsync),
        new("queued", QueuedTasks.MeasureAsync),
        new("matmul", _ => Task.FromResult(Figures([.. MatrixMultiply.Measure().Rows.SelectMany(row => (Figure[])
        [
            new($"{row.Size} on {row.Threads} thread(s), Gflop/s", row.Gigaflops),
            new($"{row.Size} on {row.Threads} thread(s), share of FMA peak", row.Share, row.Size == 1024 ? "> 0.80" : ""),
        ])]))),
        new("decisions", _ => Task.FromResult<Measured>(Decisions.Measure())),
        new("learning", _ => Task.FromResult(LearningSuite.Measure())),
        new("scaling", Scaling.MeasureAsync),
        new("virtual", VirtualSuite.MeasureAsync),
        new("hung", HungSuite.MeasureAsync),
        new("coalescing", CoalescingSuite.MeasureAsync),
        .. BenchEngine.Suites,
    ];

    /// <summary>Runs the benchmarks named. Returns 0, 1 where a promise was not kept, or 2 for a command line that cannot be read.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var options = new BenchOptions(arguments);
            var suites = options.Names is [] or ["all"] ? Suites : [.. options.Names.Select(Find)];
            Console.WriteLine($"{"benchmark",-12} {"figure",-58} {"value",14} {"goal",12}");
            var isKept = true;
            foreach (var suite in suites)
            {
                var load = LoadAverage();
                var measured = await suite.MeasureAsync(options);
                foreach (var figure in measured.Figures)
                {
                    var spread = figure.Spread is { } quartiles ? string.Create(CultureInfo.InvariantCulture, $"  ({quartiles.Low:N2} to {quartiles.High:N2})") : "";
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{suite.Name,-12} {figure.Name,-58} {figure.Value,14:N2} {figure.Goal,12}{spread}"));
                }

                foreach (var violation in measured.Violations.IsDefault ? [] : measured.Violations)
                {
                    isKept = false;
                    await Console.Error.WriteLineAsync($"{suite.Name}: {violation}");
                }

                Write(suite.Name, options, load, measured);
            }

            return options.Unread.FirstOrDefault() is { } unread
                ? throw new ArgumentException($"None of these benchmarks has a setting --{unread}; what was measured is without it. Leave it out.")
                : isKept ? Done : Failed;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return exception is ArgumentException ? BadUsage : Failed;
        }
    }

    private static Measured Figures(params ImmutableArray<Figure> figures) => figures;

    private static Suite Find(string name) => Suites.FirstOrDefault(suite => suite.Name == name)
        ?? throw new ArgumentException($"The engine {Engine.Name} has no benchmark '{name}'; name some of {string.Join(", ", Suites.Select(suite => suite.Name))}, or all.");

    private static void Write(string name, BenchOptions options, double? load, Measured measured)
    {
        var isDefault = Engine.Name == Default;
        var result = new
        {
            benchmark = name,
            engine = Engine.Name,
            command = $"dotnet run -c Release --project bench {(isDefault ? "" : "-p:Engine=Orleans ")}-- {name}{options.Settings}",
            commit = Commit(),
            machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}",
            loadBefore = load,
            figures = measured.Figures,
            violations = measured.Violations.IsDefaultOrEmpty ? null : (ImmutableArray<string>?)measured.Violations,
            series = measured.Series,
        };
        var file = isDefault ? name : $"{name}-{Engine.Name}";
        Directory.CreateDirectory(Path.Combine("bench", "results"));
        File.WriteAllText(Path.Combine("bench", "results", $"{file}.json"), JsonSerializer.Serialize(result, Indented) + Environment.NewLine);
    }

    // Runnable processes over the last minute, before the benchmark began: what else the machine was doing. Linux alone tells it.
    private static double? LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit;
    }
}
