using System.Collections.Immutable;
using StepTool.Client.Runs;
using StepTool.Client.Training;
using StepTool.Core.Runs;

namespace StepTool.Client.Comparing;

/// <summary>How far a comparison is: a row for the floors, for the common start and for each contender, over all seeds.</summary>
/// <param name="request">The comparison.</param>
internal sealed class CompareProgress(CompareRequest request)
{
    private const string FloorsRow = "floors";
    private const double ShareOfTraining = 0.8; // of a row's time, roughly

    /// <summary>The rows, in the report's order.</summary>
    /// <param name="runs">The runs' statuses, one a seed.</param>
    public IReadOnlyList<CompareRow> Rows(ImmutableArray<RunStatus> runs)
    {
        var stages = runs.SelectMany(run => run.Stages.Select(stage => (Name: StageName.Parse(stage.Name), Stage: stage))).ToLookup(pair => pair.Name.Contender, pair => (pair.Name, pair.Stage));
        var rows = new List<CompareRow>();
        if (!request.Floors.IsEmpty)
        {
            var floors = request.Floors.SelectMany(floor => stages[floor].Select(pair => pair.Stage)).ToList();
            rows.Add(new CompareRow(FloorsRow, floors.Sum(Ended) / request.Floors.Length, Best(floors)));
        }

        rows.Add(Row(StageName.Start, request.StartTurns, 2, stages[StageName.Start]));
        rows.AddRange(request.Contenders.Select(contender => Row(contender.Name, request.Turns, request.CurvePoints + 2, stages[contender.Name])));
        return rows;
    }

    /// <summary>The share of all work that is done, from 0 to 1.</summary>
    public double Share(IReadOnlyList<CompareRow> rows) => rows.Sum(row => row.Share * Weight(row)) / rows.Sum(Weight);

    private double Weight(CompareRow row) => row.Name is FloorsRow ? 0.2 : row.Name is StageName.Start ? (double)request.StartTurns / request.Turns : 1;

    private CompareRow Row(string name, long turns, int looks, IEnumerable<(StageName Name, StageProgress Stage)> pairs)
    {
        var all = pairs.ToList();
        var trained = all.Where(pair => pair.Name.Purpose is StagePurpose.Train).Sum(pair => Math.Min(1.0, (double)pair.Stage.Turns / turns));
        var looked = all.Where(pair => pair.Name.Purpose is not StagePurpose.Train).Sum(pair => Ended(pair.Stage));
        var share = ((ShareOfTraining * trained) + ((1 - ShareOfTraining) * looked / looks)) / request.Seeds.Length;
        var dev = all.Where(pair => pair.Name.Purpose is StagePurpose.Dev && Ended(pair.Stage) == 1).GroupBy(pair => pair.Name.At).OrderBy(point => point.Key)
            .Select(point => Passed(point.Select(pair => pair.Stage))).ToList();
        var tested = all.Where(pair => pair.Name.Purpose is StagePurpose.Test && Ended(pair.Stage) == 1).Select(pair => pair.Stage).ToList();
        var details = new List<string>();
        if (dev.Count > 0)
        {
            details.Add($"dev {Sparks.Of(dev)} {RunPicture.Percent(dev[^1])}");
        }

        if (tested.Count > 0)
        {
            details.Add($"{request.Measured.ToString().ToLowerInvariant()} {RunPicture.Percent(Passed(tested))} ({tested.Count} of {request.Seeds.Length} seeds)");
        }

        return new CompareRow(name, share, string.Join(", ", details));
    }

    private static string Best(List<StageProgress> floors) => floors.Where(floor => Ended(floor) == 1).MaxBy(floor => floor.Passed / floor.Done) is { } best
        ? $"best {best.Name} {RunPicture.Percent(best.Passed / best.Done)}"
        : "";

    private static double Ended(StageProgress stage) => stage.Total == 0 ? 0 : (double)stage.Done / stage.Total;

    private static double Passed(IEnumerable<StageProgress> stages) => stages.Sum(stage => stage.Passed) / stages.Sum(stage => stage.Done);
}

/// <summary>A row of the progress.</summary>
/// <param name="Name">What the work is for.</param>
/// <param name="Share">How much of it is done, from 0 to 1.</param>
/// <param name="Detail">Results so far.</param>
internal sealed record CompareRow(string Name, double Share, string Detail);
