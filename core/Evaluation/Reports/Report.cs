using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Serialization;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>What <c>train</c>, <c>evaluate</c> and <c>compare</c> write as report.json; the other forms are made from it alone.</summary>
public sealed record Report
{
    /// <summary>Version of this format.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The world's id.</summary>
    public required string World { get; init; }

    /// <summary>Seed of the world's tasks, faults and split.</summary>
    public ulong WorldSeed { get; init; }

    /// <summary>Which part of the world was measured.</summary>
    public required Split Split { get; init; }

    /// <summary>Tasks measured, each once a method and seed.</summary>
    public int Tasks { get; init; }

    /// <summary>Groups the tasks belong to, in order.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>How often the test split has been run with this configuration, this run included.</summary>
    public int TestRuns { get; init; }

    /// <summary>The command line: see <see cref="ReportCommand"/>.</summary>
    public string Command { get; init; } = "";

    /// <summary>Every setting that can change a number, in order of name.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>False where more than 1 % of the episodes were lost to the infrastructure.</summary>
    public bool Valid { get; init; } = true;

    /// <summary>What a reader must know before believing a number.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What the world measures and what it does not.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>How intervals were made.</summary>
    public required IntervalMethod Intervals { get; init; }

    /// <summary>Methods, floors and references, in the order given.</summary>
    public ImmutableArray<MethodResult> Methods { get; init; } = [];

    /// <summary>Paired differences of pass rates.</summary>
    public ImmutableArray<Difference> Differences { get; init; } = [];

    /// <summary>Tasks of the split that no policy can solve by the world's data alone; none was measured.</summary>
    public ImmutableArray<string> ExcludedTasks { get; init; } = [];

    /// <summary>How often the judge's rule agrees with recorded votes, by group.</summary>
    public ImmutableArray<JudgeAgreement> JudgeAgreement { get; init; } = [];

    /// <summary>Wall-clock times of the run; null where left out.</summary>
    public ReportTimings? Timings { get; init; }

    /// <summary>The report less everything that a clock measured: equal for two equal runs with <c>--deterministic</c>.</summary>
    public Report WithoutTimings() => this with { Timings = null, Methods = [.. Methods.Select(method => method with { WallSeconds = 0 })] };

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Of<Report>());

    /// <summary>Reads a report.</summary>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static Report FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.Of<Report>()) ?? throw new JsonException("A report is a JSON object; null was given.");
}

/// <summary>How intervals were made.</summary>
/// <param name="Draws">Bootstrap draws.</param>
/// <param name="Over">What was drawn: "tasks and seeds", or "tasks only" with fewer than five seeds.</param>
/// <param name="Components">Task components drawn.</param>
/// <param name="Seeds">Seeds, drawn or not.</param>
/// <param name="Level">Confidence level.</param>
public sealed record IntervalMethod(int Draws, string Over, int Components, int Seeds, double Level = 0.95);

/// <summary>Wall-clock times of a run; they differ between equal runs.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="WallSeconds">How long it took.</param>
/// <param name="Phases">Seconds by phase, in order of name.</param>
public sealed record ReportTimings(DateTimeOffset StartedAt, double WallSeconds, ImmutableSortedDictionary<string, double> Phases);
