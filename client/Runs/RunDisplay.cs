using Spectre.Console;
using StepTool.Client.CommandLine;

namespace StepTool.Client.Runs;

/// <summary>Shows a run while it goes on: drawn over on a terminal; elsewhere a line every few seconds and one whenever something new begins.</summary>
internal sealed class RunDisplay(Terminal terminal, TimeProvider time, IReadOnlySet<string> floors)
{
    private const int BarWidth = 28;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows snapshots until there are no more, and returns the last.</summary>
    public async Task<RunSnapshot> ShowAsync(IAsyncEnumerable<RunSnapshot> snapshots, CancellationToken cancellationToken) => terminal.IsInteractive
        ? await terminal.Out.Live(new Text("")).AutoClear(true).StartAsync(live => DrawAsync(live, snapshots, cancellationToken))
        : await WriteAsync(snapshots, cancellationToken);

    private async Task<RunSnapshot> DrawAsync(LiveDisplayContext live, IAsyncEnumerable<RunSnapshot> snapshots, CancellationToken cancellationToken)
    {
        RunSnapshot? last = null;
        var began = time.GetTimestamp();
        await foreach (var snapshot in snapshots.WithCancellation(cancellationToken))
        {
            last = snapshot;
            live.UpdateTarget(Picture(snapshot, time.GetElapsedTime(began)));
        }

        return last!;
    }

    private async Task<RunSnapshot> WriteAsync(IAsyncEnumerable<RunSnapshot> snapshots, CancellationToken cancellationToken)
    {
        RunSnapshot? last = null;
        var (began, written) = (time.GetTimestamp(), TimeSpan.Zero);
        HashSet<string> begun = [];
        await foreach (var snapshot in snapshots.WithCancellation(cancellationToken))
        {
            last = snapshot;
            var elapsed = time.GetElapsedTime(began);
            if (begun.Add(RunPicture.Now(snapshot, floors)) || elapsed - written >= LineEvery)
            {
                written = elapsed;
                terminal.Line($"{RunPicture.Duration(elapsed)}  {RunPicture.Line(snapshot, floors)}");
            }

            if (RunPicture.Obstacle(snapshot.Status) is { Length: > 0 } obstacle && begun.Add(obstacle))
            {
                terminal.Complain(obstacle);
            }
        }

        return last!;
    }

    private Rows Picture(RunSnapshot snapshot, TimeSpan elapsed)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap().RightAligned()).AddColumn();
        foreach (var row in RunPicture.Rows(snapshot, floors))
        {
            grid.AddRow(
                new Text(row.Name), Bar(row.Total == 0 ? 0 : (double)row.Done / row.Total), new Text($"{RunPicture.Count(row.Done)}/{RunPicture.Count(row.Total)}"), new Text(row.Detail, new Style(foreground: Color.Grey)));
        }

        var title = $"[bold]{Markup.Escape(snapshot.Status.Run)}[/]  {RunPicture.Duration(elapsed)}  {RunPicture.Count((long)snapshot.EpisodesPerSecond)} episodes/s"
            + (snapshot.Remaining is { } left ? $"  about {RunPicture.Duration(left)} left" : "");
        return new Rows(new Markup(title), grid, new Text(RunPicture.Obstacle(snapshot.Status)));
    }

    /// <summary>A bar filled by a share from 0 to 1.</summary>
    internal static Markup Bar(double share)
    {
        var filled = Math.Min(BarWidth, (int)(BarWidth * share));
        var colour = share >= 1 ? "green" : "yellow";
        return new Markup($"[{colour}]{new string('━', filled)}[/][grey]{new string('─', BarWidth - filled)}[/]");
    }
}
