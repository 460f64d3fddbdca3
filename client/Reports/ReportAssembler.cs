using System.Collections.Immutable;
using StepTool.Client.Runs;
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

/// <summary>Turns ended runs, one a seed, into the input of their report: stages become methods, floors, references and points of curves.</summary>
internal static class ReportAssembler
{
    private const string RecordedNote =
        "This world measures the selection of APIs, not credit assignment: hardly any call needs a value from an earlier answer, and almost any argument passes.";

    /// <summary>The report of some records.</summary>
    /// <exception cref="ArgumentException">The runs have measured nothing.</exception>
    public static Report Build(IReadOnlyList<RunRecord> records, ReportContext context)
    {
        var parts = records.SelectMany(Parts).ToList();
        var world = context.World.World;
        return ReportBuilder.Build(new ReportInput
        {
            World = world.Id,
            WorldSeed = context.World.Seed,
            Split = context.Measured,
            Methods = [.. parts.Where(part => part.Name.Purpose is StagePurpose.Test).GroupBy(part => part.Name.Contender)
                .Select(tested => Method(tested.Key, [.. tested], parts, context)).OrderBy(method => method.Kind)],
            Comparisons = context.Comparisons,
            TestRuns = context.TestRuns,
            Command = records[0].Status.Command,
            Configuration = context.Configuration,
            Notes = [.. world is RecordedWorld ? [RecordedNote] : ImmutableArray<string>.Empty, .. context.Notes],
            ExcludedTasks = world.Excluded,
            JudgeAgreement = world is RecordedWorld recorded ? recorded.CompareWithVotes() : [],
            Timings = context.Timings,
        });
    }

    private static IEnumerable<Part> Parts(RunRecord record) => record.Status.Stages
        .Zip(StageOutcomes.ByStage(record.Status, record.Outcomes), (stage, outcomes) => new Part(record, StageName.Parse(stage.Name), stage, outcomes))
        .Where(part => !part.Outcomes.IsEmpty);

    private static MethodRun Method(string name, List<Part> tested, List<Part> parts, ReportContext context)
    {
        var run = new MethodRun
        {
            Method = name,
            Kind = RunFollower.FloorNames.Contains(name) ? MethodKind.Floor : IsReference(name, context) ? MethodKind.Reference : MethodKind.Method,
            Outcomes = Named(tested, name),
            Sampled = Named(parts.Where(part => part.Name == new StageName(name, StagePurpose.Sampled)), name),
            WallSeconds = Math.Round(tested.Sum(part => part.Stage.Seconds), 3),
        };
        var isAlone = parts.All(part => part.Name.Purpose is not StagePurpose.Train || part.Name.Contender.Length == 0);
        var own = parts.Where(part => part.Name.Purpose is StagePurpose.Train or StagePurpose.Dev
            && (part.Name.Contender == name || (isAlone && (run.Kind is MethodKind.Method || TrainingMethods.References.Contains(name))))).ToList();
        var training = own.Where(part => part.Name.Purpose is StagePurpose.Train).ToList();
        if (training.Count == 0)
        {
            return run;
        }

        var seeds = tested.Count;
        var versions = training.Select(part => (part.Record, Policy: part.Record.PolicyOf(part.Name.Contender))).Distinct()
            .Select(pair => pair.Record.Versions.GetValueOrDefault(pair.Policy, [])).Where(chain => chain.Length > 0).ToList();
        var shown = training.Where(part => Imitates(part, name)).Concat(parts.Where(part => part.Name is { Contender: StageName.Start, Purpose: StagePurpose.Train })).ToList();
        return run with
        {
            Turns = versions.Sum(chain => chain[^1].Turns) / seeds,
            Updates = versions.Sum(chain => chain[^1].Version) / seeds,
            Rows = (long)versions.Sum(chain => chain.Sum(version => version.Metrics.GetValueOrDefault("rows"))) / seeds,
            Demonstrations = Demonstrations(shown, context.World.World) / seeds,
            Labels = Labels(training, name, context.World.World) / seeds,
            ExcludedFromTraining = FaultCounts.Of(training.SelectMany(part => part.Outcomes.Select(outcome => outcome.Result))),
            Curve = isAlone ? Curve(own, name) : Curve(name, own, parts),
            WallSeconds = Math.Round(tested.Concat(training).Sum(part => part.Stage.Seconds), 3),
        };
    }

    // The judge says of an episode whether it solved its task; to who reads relevance, of each API that a task offers whether it is relevant.
    private static int Labels(List<Part> training, string method, IWorld world)
    {
        if (!TrainingMethods.References.Contains(method))
        {
            return training.Where(part => !Imitates(part, method)).Sum(part => part.Outcomes.Length);
        }

        var offered = world.Tasks.ToDictionary(task => task.Id, task => task.Offered.Length, StringComparer.Ordinal);
        return training.GroupBy(part => part.Record.Seed).Sum(run => run.SelectMany(part => part.Outcomes).Select(outcome => outcome.Result.Task).Distinct().Sum(task => offered[task]));
    }

    // A pass shows each demonstration once, so a task's solved ones are all there before one of them comes again.
    private static int Demonstrations(IEnumerable<Part> parts, IWorld world)
    {
        var counts = world.Tasks.ToDictionary(task => task.Id, task => world.Demonstrator?.Count(task) ?? 0, StringComparer.Ordinal);
        return parts.GroupBy(part => part.Record.Seed).Sum(run => run.SelectMany(part => part.Outcomes)
            .Where(outcome => outcome.Result.Verdict is Verdict.Solved).CountBy(outcome => outcome.Result.Task).Sum(task => Math.Min(task.Value, counts[task.Key])));
    }

    private static bool IsReference(string name, ReportContext context) =>
        name is StageName.Untrained or StageName.Start || name.EndsWith(StageName.Fill, StringComparison.Ordinal)
        || Floors.References.Contains(name) || TrainingMethods.References.Contains(name) || context.References.Contains(name);

    private static bool Imitates(Part part, string name)
    {
        var method = part.Name.Contender is StageName.Start ? "sft" : name;
        return TrainingMethods.All.Contains(method) && TrainingMethods.Create(method).Imitates;
    }

    // One policy, trained in parts: turns are what the parts before have spent.
    private static ImmutableArray<CurvePoint> Curve(List<Part> own, string method)
    {
        var points = ImmutableArray.CreateBuilder<CurvePoint>();
        var turns = 0L;
        foreach (var part in own)
        {
            if (part.Name.Purpose is StagePurpose.Train)
            {
                // The rollouts of a part of training stand at its middle: their policy changed all along.
                points.Add(CurvePoint.Of(turns + (part.Stage.Turns / 2), Split.Train, Named([part], method)));
                turns += part.Stage.Turns;
            }
            else
            {
                points.Add(CurvePoint.Of(turns, Split.Dev, Named([part], method)));
            }
        }

        return points.ToImmutable();
    }

    // Several policies and seeds: points of equal turns over all seeds, from the common start on.
    private static ImmutableArray<CurvePoint> Curve(string method, List<Part> own, List<Part> parts) =>
    [
        .. own.Concat(parts.Where(part => part.Name is { Contender: StageName.Start, Purpose: StagePurpose.Dev })).Distinct()
            .Where(part => part.Name.Purpose is StagePurpose.Dev).GroupBy(part => part.Name.At).OrderBy(point => point.Key)
            .Select(point => CurvePoint.Of(point.Key, Split.Dev, Named(point, method))),
    ];

    private static ImmutableArray<Outcome> Named(IEnumerable<Part> parts, string method) =>
        [.. parts.SelectMany(part => part.Outcomes.Named(method, part.Record.Seed))];

    private sealed record Part(RunRecord Record, StageName Name, StageProgress Stage, ImmutableArray<RolloutOutcome> Outcomes);
}
