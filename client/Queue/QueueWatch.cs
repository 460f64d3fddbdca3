using Spectre.Console;
using Spectre.Console.Rendering;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Queue;

/// <summary>Standing runs and their newest outcomes, again and again.</summary>
internal sealed class QueueWatch(Connection connection, Terminal terminal, TimeProvider time, string sameConnection)
{
    private const int Newest = 10;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _positions = new(StringComparer.Ordinal);
    private readonly Queue<RecentOutcome> _recent = [];
    private bool _isDone;

    /// <summary>The standing runs.</summary>
    public static async Task<List<RunStatus>> RunsAsync(Connection connection, CancellationToken cancellationToken)
    {
        var runs = new List<RunStatus>();
        foreach (var entry in await connection.Index.RunsAsync(cancellationToken))
        {
            if (entry.Run.StartsWith(StandingRun.Prefix, StringComparison.Ordinal))
            {
                runs.Add(await RunList.StatusAsync(connection, entry, cancellationToken));
            }
        }

        return runs;
    }

    /// <summary>Watches until all tasks have ended, or, where asked, for ever. Returns whether none waited or ran when its user left.</summary>
    public async Task<bool> WatchAsync(bool untilDone, CancellationToken cancellationToken)
    {
        try
        {
            await (terminal.IsInteractive
                ? terminal.Out.Live(new Text("")).StartAsync(live => LoopAsync(untilDone, runs => live.UpdateTarget(Picture(runs)), TimeSpan.Zero, cancellationToken))
                : LoopAsync(untilDone, WriteLine, LineEvery, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Complain(connection.Silo is { } silo
                ? $"The queue goes on at {silo}. Watch it again with: steptool queue watch{sameConnection}"
                : $"Stopping between two steps, at once with another Ctrl-C; nothing is lost. Go on with: steptool queue watch{sameConnection}");
        }

        return _isDone;
    }

    /// <summary>Standing runs as a table.</summary>
    public static Table Table(IEnumerable<RunStatus> runs)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("queue");
        foreach (var name in new[] { "waiting or running", "ended", "pass", "mean return", "faults", "cancelled" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddColumns("world", "started by");
        foreach (var run in runs)
        {
            if (run.Phase is RunPhase.Unknown)
            {
                table.AddRow(new Text(run.Run), new Text("cannot be read"), new Text(""), new Text(""), new Text(""), new Text(""), new Text(""), new Text(RunList.Short(run.World)));
                continue;
            }

            var stage = run.Stages is [var only, ..] ? only : new StageProgress("", "serve", 0, 0, 0, 0, 0, 0, 0, 0);
            table.AddRow(new[]
            {
                run.Run, RunPicture.Count(stage.Total - stage.Done), RunPicture.Count(stage.Done), stage.Done == 0 ? "" : RunPicture.Percent(stage.Passed / stage.Done),
                stage.Done == 0 ? "" : (stage.Return / stage.Done).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture), RunPicture.Count(stage.Faults), RunPicture.Count(stage.Cancelled),
                RunList.Short(run.World), run.Command,
            }.Select(cell => new Text(cell)));
        }

        return table;
    }

    private async Task LoopAsync(bool untilDone, Action<List<RunStatus>> show, TimeSpan showEvery, CancellationToken cancellationToken)
    {
        var shown = (long?)null;
        while (true)
        {
            var runs = await RunsAsync(connection, cancellationToken);
            if (terminal.IsInteractive)
            {
                await ReadNewAsync(runs, cancellationToken);
            }

            var isOver = runs.All(run => run.Phase != RunPhase.Running || (!run.Stages.IsEmpty && run.Stages.All(stage => stage.Done >= stage.Total))); // nobody has looked yet at one without a stage
            _isDone = isOver && runs.All(run => run.Phase != RunPhase.Unknown);
            if (shown is not { } at || time.GetElapsedTime(at) >= showEvery || (isOver && untilDone))
            {
                show(runs);
                shown = time.GetTimestamp();
            }

            if (isOver && untilDone)
            {
                return;
            }

            await Task.Delay(Every, time, cancellationToken);
        }
    }

    // No more is read than is shown: a run has at least as many outcomes as tasks that have ended.
    private async Task ReadNewAsync(List<RunStatus> runs, CancellationToken cancellationToken)
    {
        foreach (var run in runs.Where(run => run.Phase is not RunPhase.Unknown))
        {
            OutcomePage page;
            do
            {
                var last = Math.Max(0, run.Stages.Sum(stage => (long)stage.Done) - Newest);
                page = await connection.Run(run.Run).OutcomesAsync(Math.Max(last, _positions.GetValueOrDefault(run.Run)), cancellationToken);
                _positions[run.Run] = page.Next;
                foreach (var outcome in page.Outcomes)
                {
                    _recent.Enqueue(new RecentOutcome(run.Run, outcome));
                }

                while (_recent.Count > Newest)
                {
                    _recent.Dequeue();
                }
            }
            while (!page.Outcomes.IsEmpty);
        }
    }

    private Rows Picture(List<RunStatus> runs)
    {
        var rows = new List<IRenderable> { Table(runs) };
        rows.AddRange(RunPicture.Obstacles(runs).Select(obstacle => new Text(obstacle)));
        if (_recent.Count > 0)
        {
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("newest") };
            table.AddColumns("episode", "task", "ended", "verdict", "calls");
            foreach (var (run, outcome) in _recent.Reverse())
            {
                table.AddRow(new[]
                {
                    $"{run}/{outcome.Ordinal}", outcome.Result.Task, outcome.Status.ToString(), outcome.Result.Judged?.ToString() ?? outcome.Result.FaultName, RunPicture.Count(outcome.Result.Calls),
                }.Select(cell => new Text(cell)));
            }

            rows.Add(table);
        }

        return new Rows(rows);
    }

    private void WriteLine(List<RunStatus> runs)
    {
        foreach (var run in runs)
        {
            var (done, total) = (run.Stages.Sum(stage => stage.Done), run.Stages.Sum(stage => stage.Total));
            if (run.Phase is not RunPhase.Unknown)
            {
                terminal.Line($"{run.Run}: {RunPicture.Count(total - done)} waiting or running, {RunPicture.Count(done)} ended");
            }

            if (RunPicture.Obstacle(run) is { Length: > 0 } obstacle)
            {
                terminal.Complain(obstacle);
            }
        }
    }

    private sealed record RecentOutcome(string Run, RolloutOutcome Outcome);
}
