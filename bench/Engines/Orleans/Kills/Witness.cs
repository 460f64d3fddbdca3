using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Engines.Kills;

/// <summary>Watches runs as a console does, over one connection however many silos die, and notices when what it was told before is no longer so.</summary>
internal sealed class Witness(Connection connection, List<string> violations)
{
    /// <summary>The policy that the runs train one after the other.</summary>
    internal const string Policy = "kills";

    private const int BatchSize = 32;
    private const int Iterations = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private readonly List<RolloutOutcome> _outcomes = [];

    /// <summary>Outcomes of all runs that have ended.</summary>
    internal IReadOnlyList<RolloutOutcome> Outcomes => _outcomes;

    /// <summary>Training ordinals of all runs that have ended.</summary>
    internal long Trained { get; private set; }

    /// <summary>A run of training and evaluation, from its start to its end.</summary>
    internal async Task RunAsync(string name)
    {
        RunStage[] stages =
        [
            new TrainStage { Name = "training", Policy = Policy, Iterations = Iterations, BatchSize = BatchSize },
            new EvaluateStage { Name = "trained", Policy = new PolicyReference(Policy, PolicyPin.Latest), Split = Split.Test, MaxTasks = BatchSize },
        ];
        var plan = new RunPlan { Run = name, World = new BuiltInReference(1).ToString(), Tools = ToolMode.Live, Stages = [.. stages] };
        var status = await connection.Run(name).StartAsync(plan);
        List<RolloutOutcome> told = [];
        while (status.Phase == RunPhase.Running)
        {
            await Task.Delay(LookEvery);
            var before = status;
            status = await connection.Run(name).StatusAsync();
            if (Done(status) < Done(before) || status.Stage < before.Stage)
            {
                violations.Add($"Run {name} was at {Done(before)} outcomes in stage {before.Stage}, and later at {Done(status)} in stage {status.Stage}.");
            }

            await ReadAsync(name, told);
        }

        if (status.Phase != RunPhase.Completed)
        {
            violations.Add($"Run {name} ended as {status.Phase}: {status.Failure}");
        }

        List<RolloutOutcome> kept = [];
        await ReadAsync(name, kept);
        if (!told.Select(outcome => (outcome.Ordinal, outcome.Trajectory)).SequenceEqual(kept.Take(told.Count).Select(outcome => (outcome.Ordinal, outcome.Trajectory))))
        {
            violations.Add($"Run {name} tells other outcomes at its end than it told before.");
        }

        var ordinals = kept.Select(outcome => outcome.Ordinal).Order();
        if (!ordinals.SequenceEqual(Enumerable.Range(0, (Iterations * BatchSize) + BatchSize).Select(ordinal => (long)ordinal)))
        {
            violations.Add($"Run {name} has {kept.Count} outcomes of {ordinals.Distinct().Count()} tasks; each of its {(Iterations * BatchSize) + BatchSize} must have one.");
        }

        _outcomes.AddRange(kept);
        Trained += Iterations * BatchSize;
    }

    private static long Done(RunStatus status) => status.Stages.Sum(stage => stage.Done);

    private async Task ReadAsync(string run, List<RolloutOutcome> into)
    {
        while (true)
        {
            var page = await connection.Run(run).OutcomesAsync(into.Count);
            if (page.Outcomes.IsEmpty)
            {
                return;
            }

            into.AddRange(page.Outcomes);
        }
    }
}
