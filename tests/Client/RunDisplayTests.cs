using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Reports;
using StepTool.Client.Runs;
using StepTool.Core.Evaluation;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class RunDisplayTests
{
    private static readonly HashSet<string> Floors = ["random", "bm25@1"];

    [Fact]
    public void Rows_FloorsAndCurve_AreOneRowEachWithWhatIsPlanned()
    {
        var snapshot = Snapshot(Stage("random", 10, 10, 1), Stage("bm25@1", 4, 10, 4), Stage("dev@0", 5, 5, 1)) with
        {
            Planned = [new("random", false, 10, 0), new("bm25@1", false, 10, 0), new("dev@0", false, 5, 0), new("dev@5", false, 5, 0)],
        };

        Assert.Equal(
            [new PictureRow("floors", 14, 20, "1 of 2, best random 10.0 %"), new PictureRow("dev curve", 5, 10, "20.0 % ▂ 20.0 %")],
            RunPicture.Rows(snapshot, Floors));
    }

    [Fact]
    public void Line_Training_SaysUpdatesMetricsRateAndTimeLeft()
    {
        var snapshot = Snapshot(Stage("train@5", 64, 160, 10, "train", updates: 2)) with
        {
            Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("passRate", 0.25).Add("klToStart", 0.0312).Add("entropy", 1.5).Add("return", 0.4),
            Planned = [new("train@5", true, 160, 5)],
            EpisodesPerSecond = 612.4,
            Remaining = TimeSpan.FromSeconds(95),
        };

        Assert.Equal(
            "training: 64 of 160 episodes, update 2 of 5, pass 25.0 %, return 0.400, KL 0.031, entropy 1.500, 612 episodes/s, about 1:35 left",
            RunPicture.Line(snapshot, Floors));
    }

    [Fact]
    public void Remaining_EvaluationAndTraining_CostWhatTheyHaveCostSoFar()
    {
        var pace = new Pace([new("random", false, 100, 0), new("train@1", true, 40, 1), new("steptool", false, 100, 0)]);

        var left = pace.Remaining(Status(Stage("random", 100, 100, 0, seconds: 10), Stage("train@1", 20, 40, 0, "train", updates: 1, seconds: 6)));

        Assert.Equal(TimeSpan.FromSeconds((20 * 0.3) + (100 * 0.1)), left);
    }

    [Fact]
    public void Remaining_BeforeTheFirstUpdate_IsUnknown()
    {
        var pace = new Pace([new("random", false, 100, 0), new("train@1", true, 40, 1)]);

        Assert.Null(pace.Remaining(Status(Stage("random", 50, 100, 0, seconds: 10))));
        Assert.Null(pace.Remaining(Status(Stage("random", 100, 100, 0, seconds: 10), Stage("train@1", 2, 40, 0, "train", seconds: 6))));
    }

    [Fact]
    public void Rate_OverTheWindow_ForgetsWhatIsOlder()
    {
        var pace = new Pace([]);
        pace.Rate(TimeSpan.Zero, 0);
        pace.Rate(TimeSpan.FromSeconds(1), 1000);
        pace.Rate(TimeSpan.FromSeconds(6), 1000);

        Assert.Equal(20, pace.Rate(TimeSpan.FromSeconds(11), 1100), 6);
    }

    [Fact]
    public async Task Show_WithoutTerminal_WritesPlainLinesAndReturnsTheLast()
    {
        var output = new StringWriter();
        var display = new RunDisplay(new Terminal(output, output, isInteractive: false), TimeProvider.System, Floors);
        var last = Snapshot(Stage("random", 10, 10, 1));

        var shown = await display.ShowAsync(new[] { Snapshot(Stage("random", 5, 10, 1)), last }.ToAsyncEnumerable(), CancellationToken.None);

        Assert.Same(last, shown);
        Assert.Equal("0:00  floors: 5 of 10 episodes, 0" + Environment.NewLine, output.ToString());
    }

    [Fact]
    public async Task Show_WithoutTerminal_WritesALineWheneverSomethingNewBegins()
    {
        var output = new StringWriter();
        var display = new RunDisplay(new Terminal(output, output, isInteractive: false), TimeProvider.System, Floors);
        var floors = Stage("random", 10, 10, 1);
        var training = Snapshot(floors, Stage("train@1", 4, 40, 0, "train"));

        await display.ShowAsync(new[] { Snapshot(), Snapshot(floors), training, training }.ToAsyncEnumerable(), CancellationToken.None);

        Assert.Equal(["0:00  starting", "0:00  floors: 10", "0:00  training: 4"], output.ToString().TrimEnd().Split(Environment.NewLine).Select(line => line.Split(" of ")[0]));
    }

    [Fact]
    public async Task Show_RunWaits_SaysOnceWhatFor()
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var display = new RunDisplay(new Terminal(output, errors, isInteractive: false), TimeProvider.System, Floors);
        var waiting = Snapshot() with { Status = Status() with { Failure = "The record of QueueState is corrupt." } };

        await display.ShowAsync(new[] { waiting, waiting, waiting with { Status = waiting.Status with { Phase = RunPhase.Failed } } }.ToAsyncEnumerable(), CancellationToken.None);

        Assert.Equal("run waits: The record of QueueState is corrupt." + Environment.NewLine, errors.ToString());
    }

    [Fact]
    public void Sketch_RisingCurve_IsTallerAtItsRightEnd()
    {
        var lines = CurveSketch.Draw([Point(0, 0), Point(100, 0.5)]).ToList();

        Assert.Equal(8, lines.Count);
        Assert.StartsWith("  50 % |", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("   0 % |", lines[^1], StringComparison.Ordinal);
        Assert.True(lines[0].TrimEnd().Length > 60, lines[0]);
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.True(Bars(pair.First) <= Bars(pair.Second), $"'{pair.First}' above '{pair.Second}'"));
    }

    private static int Bars(string line) => line[8..].Count(character => character != ' ');

    private static CurvePoint Point(long turns, double pass) => new(turns, Split.Dev, new Interval(pass, pass, pass), 0);

    private static StageProgress Stage(string name, long done, long total, double passed, string kind = "evaluate", int updates = 0, double seconds = 1) =>
        new(name, kind, done, total, updates, passed, 0, done * 2, 0, seconds);

    private static RunStatus Status(params StageProgress[] stages) => new("run", RunPhase.Running, stages.Length - 1, [.. stages], "", "", "built-in:1");

    private static RunSnapshot Snapshot(params StageProgress[] stages) => new(Status(stages), ImmutableSortedDictionary<string, double>.Empty, 0, null);
}
