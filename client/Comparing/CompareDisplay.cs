using System.Collections.Immutable;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Runs;

namespace StepTool.Client.Comparing;

/// <summary>Shows a comparison until its runs have ended: drawn over on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class CompareDisplay(Connection connection, Terminal terminal, CompareProgress progress, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);
    private readonly long _began = time.GetTimestamp();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Shows the runs, and returns their statuses when all have ended.</summary>
    public async Task<ImmutableArray<RunStatus>> ShowAsync(ImmutableArray<string> runs, CancellationToken cancellationToken) => terminal.IsInteractive
        ? await terminal.Out.Live(new Text("")).AutoClear(true).StartAsync(live => FollowAsync(runs, (elapsed, rows) => live.UpdateTarget(Picture(elapsed, rows)), Look, cancellationToken))
        : await FollowAsync(runs, (elapsed, rows) => terminal.Line(Line(elapsed, rows)), LineEvery, cancellationToken);

    private async Task<ImmutableArray<RunStatus>> FollowAsync(
        ImmutableArray<string> runs, Action<TimeSpan, IReadOnlyList<CompareRow>> show, TimeSpan every, CancellationToken cancellationToken)
    {
        var shown = (TimeSpan?)null;
        while (true)
        {
            var statuses = ImmutableArray.CreateRange(await Task.WhenAll(runs.Select(run => connection.Run(run).StatusAsync(cancellationToken))));
            var elapsed = time.GetElapsedTime(_began);
            var rows = progress.Rows(statuses);
            if (shown is { } last ? elapsed - last >= every : progress.Share(rows) > 0)
            {
                shown = elapsed;
                show(elapsed, rows);
            }

            foreach (var obstacle in statuses.Select(RunPicture.Obstacle).Where(obstacle => obstacle.Length > 0 && _said.Add(obstacle)))
            {
                terminal.Complain(obstacle);
            }

            if (statuses.All(status => status.Phase is not RunPhase.Running) || statuses.Any(status => status.Phase is RunPhase.Failed or RunPhase.Cancelled))
            {
                return statuses;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private Rows Picture(TimeSpan elapsed, IReadOnlyList<CompareRow> rows)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap().RightAligned()).AddColumn();
        foreach (var row in rows)
        {
            grid.AddRow(new Text(row.Name), RunDisplay.Bar(row.Share), new Text($"{(int)(100 * row.Share)} %"), new Text(row.Detail, new Style(foreground: Color.Grey)));
        }

        return new Rows(new Markup($"[bold]comparison[/]  {RunPicture.Duration(elapsed)}{Left(elapsed, rows)}"), grid);
    }

    private string Line(TimeSpan elapsed, IReadOnlyList<CompareRow> rows)
    {
        var atWork = rows.Where(row => row.Share is > 0 and < 1).Select(row => $"{row.Name} {(int)(100 * row.Share)} %{(row.Detail.Length > 0 ? $" ({row.Detail})" : "")}");
        return $"{RunPicture.Duration(elapsed)}  {(int)(100 * progress.Share(rows))} %{Left(elapsed, rows)}: {string.Join("; ", atWork)}";
    }

    private string Left(TimeSpan elapsed, IReadOnlyList<CompareRow> rows)
    {
        var share = progress.Share(rows);
        return share is > 0.02 and < 1 ? $", about {RunPicture.Duration(elapsed * ((1 - share) / share))} left" : "";
    }
}
