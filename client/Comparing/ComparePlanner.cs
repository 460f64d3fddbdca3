using StepTool.Client.Training;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Learning.Methods;

namespace StepTool.Client.Comparing;

/// <summary>
/// Plans the runs of a comparison, one a seed: the common start learns from demonstrations; every contender starts from it, learns from as many turns, and is
/// measured. The first seed's run measures the floors too.
/// </summary>
internal static class ComparePlanner
{
    /// <summary>The method of the common start.</summary>
    private const string Imitation = "sft";

    /// <summary>The plan of one seed.</summary>
    /// <param name="request">The comparison.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="run">The run's id.</param>
    public static RunPlan Plan(CompareRequest request, int seed, string run) => new()
    {
        Run = run,
        World = request.World,
        Seed = (ulong)seed,
        Rewards = request.Rewards,
        Stages =
        [
            .. seed == request.Seeds[0] ? request.Floors.Select(floor => Measure(request, floor, new PolicyReference(floor, PolicyPin.Floor))) : [],
            .. Start(request, (ulong)seed, run),
            .. request.Contenders.SelectMany(contender => Stages(request, contender, (ulong)seed, run)),
        ],
        Command = request.Command,
    };

    /// <summary>Name of a contender's policy in a run.</summary>
    public static string Policy(string run, string contender) => $"{run}-{contender.Replace(' ', '-')}";

    private static IEnumerable<RunStage> Start(CompareRequest request, ulong seed, string run)
    {
        var policy = Policy(run, StageName.Start);
        var settings = request.Settings with { Method = Imitation };
        yield return Train(request, StageName.Start, settings, seed, run, request.StartTurns) with { Demonstrated = true, MaxTasks = request.Demonstrations };
        yield return Dev(request, StageName.Start, policy, 0);
        yield return Measure(request, StageName.Start, new PolicyReference(policy, PolicyPin.Latest));
    }

    private static IEnumerable<RunStage> Stages(CompareRequest request, Contender contender, ulong seed, string run)
    {
        var policy = Policy(run, contender.Name);
        var method = TrainingMethods.Create(contender.Settings.Method);
        yield return Train(request, contender.Name, contender.Settings, seed, run, request.Turns) with
        {
            Start = Policy(run, StageName.Start),
            Rewards = contender.Rewards,
            Attempts = method.Attempts,
            Demonstrated = method.Imitates,
            MaxTasks = method.Imitates ? request.Demonstrations : 0,
        };
        for (var point = 1; point <= request.CurvePoints; point++)
        {
            var turns = request.Turns * point / request.CurvePoints;
            yield return Dev(request, contender.Name, policy, turns) with { AtTurns = turns };
        }

        var greedy = Measure(request, contender.Name, new PolicyReference(policy, PolicyPin.Latest));
        yield return greedy;
        if (method.IsTold)
        {
            yield return TrainPlanner.Fill(greedy);
        }

        yield return TrainPlanner.Sampled(greedy);
    }

    // An episode has at least one turn, so so many updates are always enough.
    private static TrainStage Train(CompareRequest request, string contender, TrainingSettings settings, ulong seed, string run, long turns) => new()
    {
        Name = new StageName(contender, StagePurpose.Train, turns).ToString(),
        Policy = Policy(run, contender),
        Iterations = (int)((turns + request.BatchSize - 1) / request.BatchSize),
        BatchSize = request.BatchSize,
        UntilTurns = turns,
        MaxStaleness = request.MaxStaleness,
        Deterministic = request.Deterministic,
        FinishShare = request.FinishShare,
        MistakeShare = request.MistakeShare,
        Settings = TrainingMethods.OnlyRead(settings) with { Seed = seed, TotalTurns = turns },
        Groups = request.TrainGroups,
    };

    private static EvaluateStage Dev(CompareRequest request, string contender, string policy, long turns) => new()
    {
        Name = new StageName(contender, StagePurpose.Dev, turns).ToString(),
        Policy = new PolicyReference(policy, PolicyPin.Latest),
        Split = Split.Dev,
        MaxTasks = request.DevTasks,
        Groups = request.TrainGroups,
    };

    private static EvaluateStage Measure(CompareRequest request, string name, PolicyReference policy) =>
        new() { Name = name, Policy = policy, Split = request.Measured, Groups = request.TestGroups, MaxTasks = request.TestTasks };
}
