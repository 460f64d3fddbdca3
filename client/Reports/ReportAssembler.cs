using System.Collections.Immutable;
using StepTool.Client.Training;
using StepTool.Core.Evaluation;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Judging;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;
using StepTool.Learning.Methods;

namespace StepTool.Client.Reports;

/// <summary>Turns an ended run into the input of its report: stages become methods, floors, references and points of a curve.</summary>
internal static class ReportAssembler
{
    private const string RecordedNote =
        "This world measures the selection of APIs, not credit assignment: hardly any call needs a value from an earlier answer, and almost any argument passes.";

    /// <summary>The report of a record.</summary>
    /// <exception cref="ArgumentException">The run has evaluated nothing on test.</exception>
    public static Report Build(RunRecord record)
    {
        var stages = record.Status.Stages.Zip(StageOutcomes.ByStage(record.Status, record.Outcomes), (stage, outcomes) => new Part(stage, outcomes)).ToList();
        var measured = stages.Where(part => part.Stage.Kind == "evaluate" && !StageNames.IsDev(part.Stage.Name) && !part.Outcomes.IsEmpty).ToList();
        var methods = measured.Where(part => !StageNames.IsSampled(part.Stage.Name)).Select(part => Method(part, stages, measured, record))
            .OrderBy(method => method.Kind).ToImmutableArray();
        return ReportBuilder.Build(new ReportInput
        {
            World = record.World.World.Id,
            WorldSeed = record.World.Seed,
            Split = Split.Test,
            Methods = methods,
            TestRuns = record.TestRuns,
            Command = record.Status.Command,
            Configuration = record.Configuration,
            Notes = record.World.World is RecordedWorld ? [RecordedNote] : [],
            ExcludedTasks = record.World.World.Excluded,
            JudgeAgreement = record.World.World is RecordedWorld recorded ? recorded.CompareWithVotes() : [],
            Timings = record.Timings,
        });
    }

    private static MethodRun Method(Part part, List<Part> stages, List<Part> measured, RunRecord record)
    {
        var name = part.Stage.Name;
        var run = new MethodRun
        {
            Method = name,
            Kind = record.Floors.Contains(name) ? MethodKind.Floor : name == StageNames.Untrained || Floors.References.Contains(name) ? MethodKind.Reference : MethodKind.Method,
            Outcomes = part.Outcomes.Named(name, record.Seed),
            Sampled = measured.FirstOrDefault(other => other.Stage.Name == name + StageNames.SampledSuffix)?.Outcomes.Named(name, record.Seed) ?? [],
            WallSeconds = Math.Round(part.Stage.Seconds, 3),
        };
        var training = stages.Where(other => other.Stage.Kind == "train").ToList();
        return run.Kind != MethodKind.Method || training.Count == 0 ? run : run with
        {
            Turns = training.Sum(other => other.Stage.Turns),
            Updates = training.Sum(other => other.Stage.Updates),
            Demonstrations = TrainingMethods.Create(name).Imitates ? Demonstrations(training.SelectMany(other => other.Outcomes), record.World.World) : 0,
            Rows = (long)record.Versions.Sum(version => version.Metrics.GetValueOrDefault("rows")),
            ExcludedFromTraining = FaultCounts.Of(training.SelectMany(other => other.Outcomes.Select(outcome => outcome.Result))),
            Curve = Curve(stages, name, record.Seed),
            WallSeconds = Math.Round(part.Stage.Seconds + training.Sum(other => other.Stage.Seconds), 3),
        };
    }

    // A pass shows each demonstration once, so a task's solved ones are all there before one of them comes again.
    private static int Demonstrations(IEnumerable<RolloutOutcome> outcomes, IWorld world)
    {
        var counts = world.Tasks.ToDictionary(task => task.Id, task => world.Demonstrator?.Count(task) ?? 0, StringComparer.Ordinal);
        return outcomes.Where(outcome => outcome.Result.Verdict is Verdict.Solved).CountBy(outcome => outcome.Result.Task).Sum(task => Math.Min(task.Value, counts[task.Key]));
    }

    private static ImmutableArray<CurvePoint> Curve(List<Part> stages, string method, int seed)
    {
        var points = ImmutableArray.CreateBuilder<CurvePoint>();
        var turns = 0L;
        foreach (var part in stages.Where(part => !part.Outcomes.IsEmpty))
        {
            if (part.Stage.Kind == "train")
            {
                // The rollouts of a part of training stand at its middle: their policy changed all along.
                points.Add(CurvePoint.Of(turns + (part.Stage.Turns / 2), Split.Train, part.Outcomes.Named(method, seed)));
                turns += part.Stage.Turns;
            }
            else if (StageNames.IsDev(part.Stage.Name))
            {
                points.Add(CurvePoint.Of(turns, Split.Dev, part.Outcomes.Named(method, seed)));
            }
        }

        return points.ToImmutable();
    }

    private sealed record Part(StageProgress Stage, ImmutableArray<RolloutOutcome> Outcomes);
}
