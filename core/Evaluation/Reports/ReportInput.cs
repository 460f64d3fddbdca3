using System.Collections.Immutable;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>What a report is made from: outcomes and what the run knows about itself.</summary>
public sealed record ReportInput
{
    /// <summary>The world's id.</summary>
    public required string World { get; init; }

    /// <summary>Seed of the world.</summary>
    public ulong WorldSeed { get; init; } = 1;

    /// <summary>Part of the world that was measured.</summary>
    public required Split Split { get; init; }

    /// <summary>Methods, floors and references, in the order of the report.</summary>
    public required ImmutableArray<MethodRun> Methods { get; init; }

    /// <summary>Pairs to compare; empty for the first method against all others.</summary>
    public ImmutableArray<Comparison> Comparisons { get; init; } = [];

    /// <summary>See <see cref="Report.TestRuns"/>.</summary>
    public int TestRuns { get; init; }

    /// <summary>See <see cref="Report.Command"/>.</summary>
    public string Command { get; init; } = "";

    /// <summary>See <see cref="Report.Configuration"/>.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>See <see cref="Report.Notes"/>.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>See <see cref="Report.ExcludedTasks"/>.</summary>
    public ImmutableArray<string> ExcludedTasks { get; init; } = [];

    /// <summary>See <see cref="Report.JudgeAgreement"/>.</summary>
    public ImmutableArray<JudgeAgreement> JudgeAgreement { get; init; } = [];

    /// <summary>See <see cref="Report.Timings"/>.</summary>
    public ReportTimings? Timings { get; init; }
}

/// <summary>One method's outcomes and what learning cost.</summary>
public sealed record MethodRun
{
    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>What it stands for.</summary>
    public required MethodKind Kind { get; init; }

    /// <summary>Outcomes of the greedy evaluation: every task once a seed.</summary>
    public required ImmutableArray<Outcome> Outcomes { get; init; }

    /// <summary>Outcomes of one pass sampled at temperature 1; empty where none was made.</summary>
    public ImmutableArray<Outcome> Sampled { get; init; } = [];

    /// <summary>See <see cref="MethodResult.Curve"/>.</summary>
    public ImmutableArray<CurvePoint> Curve { get; init; } = [];

    /// <summary>See <see cref="MethodResult.Turns"/>.</summary>
    public long Turns { get; init; }

    /// <summary>See <see cref="MethodResult.Rows"/>.</summary>
    public long Rows { get; init; }

    /// <summary>See <see cref="MethodResult.Updates"/>.</summary>
    public long Updates { get; init; }

    /// <summary>See <see cref="MethodResult.Demonstrations"/>.</summary>
    public long Demonstrations { get; init; }

    /// <summary>See <see cref="MethodResult.Labels"/>.</summary>
    public long Labels { get; init; }

    /// <summary>See <see cref="MethodResult.ExcludedFromTraining"/>.</summary>
    public FaultCounts ExcludedFromTraining { get; init; } = FaultCounts.None;

    /// <summary>See <see cref="MethodResult.WallSeconds"/>.</summary>
    public double WallSeconds { get; init; }
}

/// <summary>A pair to be compared, by names.</summary>
public sealed record Comparison(string Method, string Against);
