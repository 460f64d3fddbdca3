using StepTool.Client.Connections;
using StepTool.Client.Reports;
using StepTool.Client.Training;
using StepTool.Client.Worlds;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Crashes;

/// <summary>
/// Trains and evaluates, run after run, and watches as a console does, over one connection however many silos die: notices when what it was told before is no
/// longer so.
/// </summary>
internal sealed class Witness(Connection connection, List<string> violations)
{
    /// <summary>The policy that the runs train one after the other.</summary>
    internal const string Policy = "kills";

    private const int BatchSize = 32;
    private const int Iterations = 4;
    private static readonly string World = new BuiltInReference(1).ToString();
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private readonly List<(string Run, RolloutOutcome Outcome)> _outcomes = [];

    /// <summary>Outcomes of all runs that have ended.</summary>
    internal IReadOnlyList<(string Run, RolloutOutcome Outcome)> Outcomes => _outcomes;

    /// <summary>Training ordinals of all runs that have ended.</summary>
    internal long Trained { get; private set; }

    /// <summary>How many of them ended by a fault.</summary>
    internal int Excluded { get; private set; }

    /// <summary>A run of training and evaluation, from its start to its end.</summary>
    internal async Task RunAsync(string name)
    {
        RunStage[] stages =
        [
            new TrainStage { Name = $"{new StageName("", StagePurpose.Train, Iterations)}", Policy = Policy, Iterations = Iterations, BatchSize = BatchSize },
            new EvaluateStage { Name = $"{new StageName(Policy, StagePurpose.Test)}", Policy = new PolicyReference(Policy, PolicyPin.Latest), Split = Split.Test, MaxTasks = BatchSize },
        ];
        var plan = new RunPlan { Run = name, World = World, Tools = ToolMode.Live, Stages = [.. stages] };
        var status = await Patience.UntilAnsweredAsync(() => connection.Run(name).StartAsync(plan));
        List<RolloutOutcome> told = [];
        while (status.Phase == RunPhase.Running)
        {
            await Task.Delay(LookEvery);
            var before = status;
            status = await Patience.UntilAnsweredAsync(() => connection.Run(name).StatusAsync());
            if (Ledger.Done(status) < Ledger.Done(before) || status.Stage < before.Stage)
            {
                violations.Add($"Run {name} was at {Ledger.Done(before)} outcomes in stage {before.Stage}, and later at {Ledger.Done(status)} in stage {status.Stage}.");
            }

            await ReadAsync(name, told);
        }

        if (status.Phase != RunPhase.Completed)
        {
            violations.Add($"Run {name} ended as {status.Phase}: {status.Failure}");
        }

        var kept = await CloseAsync(name, (Iterations * BatchSize) + BatchSize, status);
        if (!told.Select(outcome => (outcome.Ordinal, outcome.Trajectory)).SequenceEqual(kept.Take(told.Count).Select(outcome => (outcome.Ordinal, outcome.Trajectory))))
        {
            violations.Add($"Run {name} tells other outcomes at its end than it told before.");
        }

        violations.AddRange(Ledger.Check(await ReportAsync(status), kept, Iterations * BatchSize).Select(violation => $"Run {name}: {violation}"));
        Trained += Iterations * BatchSize;
        Excluded += kept.Count(outcome => outcome.Ordinal < Iterations * BatchSize && outcome.Status is EpisodeStatus.Faulted);
    }

    /// <summary>All outcomes of a run that has nothing left to do.</summary>
    internal async Task<IReadOnlyList<RolloutOutcome>> CloseAsync(string name, long tasks, RunStatus status)
    {
        List<RolloutOutcome> kept = [];
        await ReadAsync(name, kept);
        violations.AddRange(Ledger.Check(status, tasks, kept));
        _outcomes.AddRange(kept.Select(outcome => (name, outcome)));
        return kept;
    }

    // As the console makes and writes it.
    private async Task<Report> ReportAsync(RunStatus status)
    {
        var world = new WorldChoice(World, await Patience.UntilAnsweredAsync(() => connection.Worlds.GetAsync(World, default).AsTask()));
        var report = await Patience.UntilAnsweredAsync(() => RunReport.BuildAsync(connection, [KeyValuePair.Create(0, status)], new ReportContext { World = world }, default));
        var folder = Directory.CreateTempSubdirectory("steptool-report-");
        await ReportFolder.WriteAsync(folder.FullName, report, default);
        var written = Report.FromJson(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "report.json")));
        folder.Delete(recursive: true);
        return written;
    }

    private async Task ReadAsync(string run, List<RolloutOutcome> into)
    {
        while (true)
        {
            var page = await Patience.UntilAnsweredAsync(() => connection.Run(run).OutcomesAsync(into.Count));
            if (page.Outcomes.IsEmpty)
            {
                return;
            }

            into.AddRange(page.Outcomes);
        }
    }
}
