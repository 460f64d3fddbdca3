using System.Collections.Immutable;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Learning.Methods;

namespace StepTool.Client.Training;

/// <summary>
/// Plans a training run: floors and the untrained policy on test, then training in parts with a look at dev between them, then the trained policy on test,
/// greedy and sampled. Nothing that is measured on test leads back into training.
/// </summary>
internal static class TrainPlanner
{
    /// <summary>The plan of a request.</summary>
    public static RunPlan Plan(TrainRequest request) => new()
    {
        Run = request.Run,
        World = request.World,
        Seed = request.Seed,
        Rewards = request.Rewards,
        Stages = [.. Before(request), .. Training(request), .. After(request)],
        Command = request.Command,
    };

    /// <summary>The floors of a request on its test tasks.</summary>
    public static IEnumerable<RunStage> Floors(IEnumerable<string> floors, ImmutableArray<string> groups, int tasks) =>
        floors.Select(floor => Test(floor, new PolicyReference(floor, PolicyPin.Floor), groups, tasks));

    /// <summary>One greedy pass over the test tasks.</summary>
    public static EvaluateStage Test(string name, PolicyReference policy, ImmutableArray<string> groups, int tasks) =>
        new() { Name = name, Policy = policy, Split = Split.Test, Groups = groups, MaxTasks = tasks };

    /// <summary>The same pass sampled at temperature 1.</summary>
    public static EvaluateStage Sampled(EvaluateStage greedy) =>
        greedy with { Name = new StageName(greedy.Name, StagePurpose.Sampled).ToString(), Mode = DecisionMode.Sampled };

    /// <summary>The same pass with Finish held back until the last turn: a reference, since it takes from the policy when to stop.</summary>
    public static EvaluateStage Fill(EvaluateStage stage) => stage with { Name = stage.Name + StageName.Fill, HoldsFinish = true };

    private static IEnumerable<RunStage> Before(TrainRequest request) =>
        [.. Floors(request.Floors, request.TestGroups, request.TestTasks), Test(StageName.Untrained, Latest(request), request.TestGroups, request.TestTasks), Dev(request, 0)];

    private static IEnumerable<RunStage> Training(TrainRequest request)
    {
        var method = TrainingMethods.Create(request.Settings.Method);
        var points = Math.Min(request.CurvePoints, request.Iterations);
        var done = 0;
        for (var point = 1; point <= points; point++)
        {
            var until = (int)((long)request.Iterations * point / points);
            yield return new TrainStage
            {
                Name = new StageName("", StagePurpose.Train, until).ToString(),
                Policy = request.Run,
                Iterations = until - done,
                BatchSize = request.BatchSize,
                MaxStaleness = request.MaxStaleness,
                Deterministic = request.Deterministic,
                FinishShare = request.FinishShare,
                MistakeShare = request.MistakeShare,
                Attempts = method.Attempts,
                Demonstrated = method.Imitates,
                Settings = request.Settings with { Seed = request.Seed, TotalUpdates = request.Iterations },
                Groups = request.TrainGroups,
                Promotes = !request.IsGated,
                KeptVersions = request.KeptVersions,
            };
            yield return Dev(request, until);
            done = until;
        }
    }

    private static IEnumerable<RunStage> After(TrainRequest request)
    {
        var method = request.Settings.Method;
        yield return Test(method, Latest(request), request.TestGroups, request.TestTasks);
        if (TrainingMethods.Create(method).IsTold)
        {
            yield return Fill(Test(method, Latest(request), request.TestGroups, request.TestTasks));
        }

        yield return Sampled(Test(method, Latest(request), request.TestGroups, request.TestTasks));
    }

    private static EvaluateStage Dev(TrainRequest request, int updates) => new()
    {
        Name = new StageName("", StagePurpose.Dev, updates).ToString(),
        Policy = Latest(request),
        Split = Split.Dev,
        MaxTasks = request.DevTasks,
        Groups = request.TrainGroups,
        IsGate = request.IsGated && updates > 0,
    };

    private static PolicyReference Latest(TrainRequest request) => new(request.Run, PolicyPin.Latest);
}
