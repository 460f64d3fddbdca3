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

    /// <summary>The standing runs.</summary>
    public static async Task<List<RunStatus>> RunsAsync(Connection connection, CancellationToken cancellationToken)
    {
        var runs = new List<RunStatus>();
        foreach (var entry in await connection.Index.RunsAsync(cancellationToken))
        {
            if (entry.Run.StartsWith(StandingRun.Prefix, StringComparison.Ordinal))
            {
                runs.Add(await connection.Run(entry.Run).StatusAsync(cancellationToken));
            }
        }

        return runs;
    }

    /// <summary>Watches until all tasks have ended, or, where asked, for ever.</summary>
    public async Task WatchAsync(bool untilDone, CancellationToken cancellationToken)
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
                : $"Stopping between two steps; nothing is lost. Go on with: steptool queue watch{sameConnection}");
        }
    }

    /// <summary>Standing runs as a table.</summary>
    public static Table Table(IEnumerable<RunStatus> runs)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("queue");
        foreach (var name in new[] { "waiting or running", "ended", "pass", "return", "faults" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddColumns("world", "started by");
        foreach (var run in runs)
        {
            var stage = run.Stages is [var only, ..] ? only : new StageProgress("", "serve", 0, 0, 0, 0, 0, 0, 0, 0);
            table.AddRow(new[]
            {
                run.Run, RunPicture.Count(stage.Total - stage.Done), RunPicture.Count(stage.Done), stage.Done == 0 ? "" : RunPicture.Percent(stage.Passed / stage.Done),
                stage.Done == 0 ? "" : (stage.Return / stage.Done).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture), RunPicture.Count(stage.Faults),
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
            await ReadNewAsync(runs, cancellationToken);
            var isDone = runs.All(run => run.Phase != RunPhase.Running || run.Stages.All(stage => stage.Done >= stage.Total));
            if (shown is not { } at || time.GetElapsedTime(at) >= showEvery || (isDone && untilDone))
            {
                show(runs);
                shown = time.GetTimestamp();
            }

            if (isDone && untilDone)
            {
                return;
            }

            await Task.Delay(Every, time, cancellationToken);
        }
    }

    private async Task ReadNewAsync(List<RunStatus> runs, CancellationToken cancellationToken)
    {
        foreach (var run in runs)
        {
            OutcomePage page;
            do
            {
                page = await connection.Run(run.Run).OutcomesAsync(_positions.GetValueOrDefault(run.Run), cancellationToken);
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
        if (_recent.Count > 0)
        {
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("newest") };
            table.AddColumns("episode", "task", "ended", "verdict", "calls");
            foreach (var (run, outcome) in _recent.Reverse())
            {
                table.AddRow(new[]
                {
                    $"{run}/{outcome.Ordinal}", outcome.Result.Task, outcome.Status.ToString(), outcome.Result.Verdict.ToString(), RunPicture.Count(outcome.Result.Calls),
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
            terminal.Line($"{run.Run}: {RunPicture.Count(total - done)} waiting or running, {RunPicture.Count(done)} ended");
        }
    }

    private sealed record RecentOutcome(string Run, RolloutOutcome Outcome);
}
