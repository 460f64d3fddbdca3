using System.Globalization;
using StepTool.Client.Training;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>A run in a few rows: stages of one purpose are one row.</summary>
internal static class RunPicture
{
    private const string FloorsRow = "floors";
    private const string TrainingRow = "training";
    private const string DevRow = "dev curve";

    private static readonly (string Name, string Shown)[] ShownMetrics = [("passRate", "pass"), ("return", "return"), ("klToStart", "KL"), ("entropy", "entropy")];

    /// <summary>The rows, in the order in which they began.</summary>
    /// <param name="snapshot">The run.</param>
    /// <param name="floors">Names of floors.</param>
    public static IReadOnlyList<PictureRow> Rows(RunSnapshot snapshot, IReadOnlySet<string> floors)
    {
        var rows = new List<PictureRow>();
        foreach (var group in snapshot.Status.Stages.GroupBy(stage => Purpose(stage.Name, stage.Kind == "train", floors)))
        {
            var stages = group.ToList();
            var planned = snapshot.Planned.Where(stage => Purpose(stage.Name, stage.IsTraining, floors) == group.Key).ToList();
            var total = Math.Max(stages.Sum(stage => stage.Total), planned.Sum(stage => stage.Episodes));
            var detail = group.Key switch
            {
                FloorsRow => BestFloor(stages, planned.Count),
                TrainingRow => Training(stages, planned.Sum(stage => stage.Updates), snapshot),
                DevRow => Curve(stages),
                _ => Results(stages),
            };
            rows.Add(new PictureRow(group.Key, stages.Sum(stage => stage.Done), total, detail));
        }

        return rows;
    }

    /// <summary>Name of the row that the run is at now; empty before the first.</summary>
    public static string Now(RunSnapshot snapshot, IReadOnlySet<string> floors) =>
        snapshot.Status.Stages is [.., var current] ? Purpose(current.Name, current.Kind == "train", floors) : "";

    /// <summary>One line that says what the run is doing now.</summary>
    public static string Line(RunSnapshot snapshot, IReadOnlySet<string> floors)
    {
        var now = Now(snapshot, floors);
        if (now.Length == 0)
        {
            return "starting";
        }

        var row = Rows(snapshot, floors).First(row => row.Name == now);
        var parts = new List<string> { $"{row.Name}: {Count(row.Done)} of {Count(row.Total)} episodes", row.Detail };
        parts.Add(snapshot.EpisodesPerSecond >= 1 ? $"{Count((long)snapshot.EpisodesPerSecond)} episodes/s" : "");
        parts.Add(snapshot.Remaining is { } left ? $"about {Duration(left)} left" : "");
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    /// <summary>What keeps a run from going on, with its name; empty while nothing does.</summary>
    public static string Obstacle(RunStatus run) => run switch
    {
        { Phase: RunPhase.Running, Failure.Length: > 0 } => $"{run.Run} waits: {run.Failure}",
        { Phase: RunPhase.Unknown, Failure.Length: > 0 } => $"{run.Run} cannot be read: {run.Failure}",
        _ => "",
    };

    /// <summary>What the runs say that wait, or cannot be read.</summary>
    public static IEnumerable<string> Obstacles(IEnumerable<RunStatus> runs) => runs.Select(Obstacle).Where(obstacle => obstacle.Length > 0);

    /// <summary>A span as minutes and seconds.</summary>
    public static string Duration(TimeSpan span) =>
        span.TotalHours >= 1 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : span.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>A count with groups of three.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things, of which a number other than one ends in s.</summary>
    public static string Count(long value, string thing) => value == 1 ? $"1 {thing}" : $"{Count(value)} {thing}s";

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static string Purpose(string stage, bool isTraining, IReadOnlySet<string> floors) =>
        isTraining ? TrainingRow
        : StageName.Parse(stage).Purpose is StagePurpose.Dev ? DevRow
        : floors.Contains(stage) ? FloorsRow
        : stage;

    private static string BestFloor(List<StageProgress> stages, int planned)
    {
        var ended = stages.Where(stage => stage.Done > 0 && stage.Done == stage.Total).ToList();
        var count = planned > 0 ? $"{ended.Count} of {planned}" : Count(ended.Count);
        return ended.MaxBy(stage => stage.Passed / stage.Done) is { } best ? $"{count}, best {best.Name} {Percent(best.Passed / best.Done)}" : count;
    }

    private static string Training(List<StageProgress> stages, int planned, RunSnapshot snapshot)
    {
        var updates = stages.Sum(stage => stage.Updates);
        var details = new List<string> { planned > 0 ? $"update {Count(updates)} of {Count(planned)}" : $"update {Count(updates)}" };
        foreach (var (name, shown) in ShownMetrics)
        {
            if (snapshot.Metrics.TryGetValue(name, out var value))
            {
                details.Add(name == "passRate" ? $"{shown} {Percent(value)}" : string.Create(CultureInfo.InvariantCulture, $"{shown} {value:0.000}"));
            }
        }

        return string.Join(", ", details);
    }

    private static string Curve(List<StageProgress> stages)
    {
        var points = stages.Where(stage => stage.Done == stage.Total && stage.Total > 0).Select(stage => stage.Passed / stage.Done).ToList();
        return points.Count == 0 ? "" : $"{Percent(points[0])} {Sparks.Of(points)} {Percent(points[^1])}";
    }

    private static string Results(List<StageProgress> stages)
    {
        var done = stages.Sum(stage => stage.Done);
        if (done == 0)
        {
            return "";
        }

        var (faults, cancelled) = (stages.Sum(stage => stage.Faults), stages.Sum(stage => stage.Cancelled));
        var text = string.Create(CultureInfo.InvariantCulture, $"pass {Percent(stages.Sum(stage => stage.Passed) / done)}, return {stages.Sum(stage => stage.Return) / done:0.000}");
        return text + (faults == 0 ? "" : $", {Count(faults)} faults") + (cancelled == 0 ? "" : $", {Count(cancelled)} cancelled");
    }
}

/// <summary>A row of the picture.</summary>
/// <param name="Name">What the work is for.</param>
/// <param name="Done">Episodes ended.</param>
/// <param name="Total">Episodes planned; where the plan is not known, those of the stages that have begun.</param>
/// <param name="Detail">Results so far.</param>
internal sealed record PictureRow(string Name, long Done, long Total, string Detail);
