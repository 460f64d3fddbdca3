using System.Diagnostics;
using StepTool.Bench.Fleet;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Engines.Kills;

/// <summary>A console that outlives silos: it asks one that is alive, and notices when what it was told before is no longer so.</summary>
internal sealed class Witness(SiloFleet fleet, List<string> violations) : IAsyncDisposable
{
    /// <summary>The policy that the runs train one after the other.</summary>
    internal const string Policy = "kills";

    private const int BatchSize = 32;
    private const int Iterations = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly List<RolloutOutcome> _outcomes = [];
    private Connection? _connection;
    private int _asked;

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
        var status = await AskAsync(connection => connection.Run(name).StartAsync(plan));
        List<RolloutOutcome> told = [];
        while (status.Phase == RunPhase.Running)
        {
            await Task.Delay(LookEvery);
            var before = status;
            status = await AskAsync(connection => connection.Run(name).StatusAsync());
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

    /// <summary>Asks a silo that is alive, and another one when it dies meanwhile.</summary>
    internal async Task<T> AskAsync<T>(Func<Connection, Task<T>> question)
    {
        for (var started = Stopwatch.GetTimestamp(); ; _asked++)
        {
            try
            {
                using var patience = new CancellationTokenSource(OneTry);
                var alive = fleet.Alive.ToArray();
                _connection ??= await alive[_asked % alive.Length].ConnectAsync(patience.Token);
                return await question(_connection).WaitAsync(patience.Token);
            }
            catch (Exception) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await DisposeAsync();
                await Task.Delay(LookEvery);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        var connection = Interlocked.Exchange(ref _connection, null);
        if (connection is not null)
        {
            await connection.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static long Done(RunStatus status) => status.Stages.Sum(stage => stage.Done);

    private async Task ReadAsync(string run, List<RolloutOutcome> into)
    {
        while (true)
        {
            var page = await AskAsync(connection => connection.Run(run).OutcomesAsync(into.Count));
            if (page.Outcomes.IsEmpty)
            {
                return;
            }

            into.AddRange(page.Outcomes);
        }
    }
}
