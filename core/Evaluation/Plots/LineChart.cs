using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>Lines with interval bands over a common x, named at their right ends.</summary>
/// <param name="Title">What it shows, for screen readers.</param>
/// <param name="XName">Name of the x axis.</param>
/// <param name="Lines">The lines, the most important first.</param>
/// <param name="Levels">Horizontal levels to compare with.</param>
internal sealed record LineChart(string Title, string XName, ImmutableArray<ChartLine> Lines, ImmutableArray<ChartLevel> Levels)
{
    private const double Left = 50;
    private const double Top = 16;
    private const double Bottom = 44;
    private const double LabelHeight = 17;
    private const int MarkRows = 3;
    private const int Crowd = 4; // so many lines are told apart only where the axis does not start at 0

    /// <summary>Whether x values are marked one by one instead of by round ticks.</summary>
    public bool WholeTicks { get; init; }

    /// <summary>How a value of y is written; as a share unless told otherwise.</summary>
    public Func<double, string> YText { get; init; } = value => Axis.Percent(Math.Round(value, 4));

    /// <summary>Moments to point at, by x.</summary>
    public ImmutableArray<ChartMark> Marks { get; init; } = [];

    /// <summary>Draws it.</summary>
    public string Draw(double width = 430, double height = 280, string? style = null)
    {
        var svg = new Svg(width, height, Title, style);
        var longest = Lines.Select(line => line.Name).Concat(Levels.Select(level => level.Name)).Select(name => name.Length).DefaultIfEmpty(0).Max();
        var right = width - Math.Min(width * 0.45, 22 + (longest * 7.9));
        var xs = Lines.SelectMany(line => line.Points.Select(point => point.X)).Append(WholeTicks ? 1 : 0);
        var x = Axis.Over(xs, Left, right, 4);
        x = x with { High = Math.Max(xs.Max(), x.Low + 1e-9) };
        var y = Axis.Over(
            Lines.SelectMany(line => line.Points.SelectMany(point => new[] { point.Low, point.High }))
                .Concat(Levels.Select(level => level.Y)).Concat(Lines.Length < Crowd ? [0, 0.2] : []), height - Bottom, Marks.IsEmpty ? Top : Top + (MarkRows * LabelHeight));
        Frame(svg, x, y, height);
        foreach (var (index, mark) in Marks.Index())
        {
            var row = Top + (index % MarkRows * LabelHeight);
            svg.Line(x.At(mark.X), row - 10, x.At(mark.X), height - Bottom, "level");
            svg.Text(x.At(mark.X) + 4, row, mark.Name, "tick");
        }

        foreach (var level in Levels)
        {
            svg.Line(Left, y.At(level.Y), right, y.At(level.Y), "level");
        }

        foreach (var line in Lines.Reverse())
        {
            Draw(svg, line, x, y, Lines.Length >= Crowd);
        }

        foreach (var (name, css, place) in Spread(
            [.. Lines.Where(line => !line.Points.IsEmpty).Select(line => (line.Name, $"name {line.Class}", y.At(line.Points[^1].Y))),
             .. Levels.Select(level => (level.Name, "tick", y.At(level.Y)))], height - Bottom))
        {
            svg.Text(right + 9, place + 4.5, name, css);
        }

        return svg.ToString();
    }

    private void Draw(Svg svg, ChartLine line, Axis x, Axis y, bool crowded)
    {
        svg.Group(line.Class);
        if (line.Points.Any(point => point.High > point.Low))
        {
            svg.Path(
                line.Points.Select(point => new Point(x.At(point.X), y.At(point.High)))
                    .Concat(line.Points.Reverse().Select(point => new Point(x.At(point.X), y.At(point.Low)))), crowded ? "band crowded" : "band", true);
        }

        svg.Path(line.Points.Select(point => new Point(x.At(point.X), y.At(point.Y))), line.Faint ? "line faint" : "line");
        foreach (var point in line.Faint || line.Points.Length > 40 ? line.Points[Math.Max(0, line.Points.Length - 1)..] : line.Points)
        {
            svg.Marker(line.Shape, new Point(x.At(point.X), y.At(point.Y)), "dot", $"{line.Name}: {YText(Math.Round(point.Y, 3))} at {Axis.Count(point.X)}", 3.2);
        }

        svg.End();
    }

    private void Frame(Svg svg, Axis x, Axis y, double height)
    {
        foreach (var tick in y.Ticks)
        {
            svg.Line(x.From, y.At(tick), x.To, y.At(tick), tick == 0 ? "axis" : "grid");
            svg.Text(x.From - 8, y.At(tick) + 4.5, YText(tick), "tick", "end");
        }

        var ticks = WholeTicks ? Enumerable.Range((int)x.Low, (int)(x.High - x.Low) + 1).Select(tick => (double)tick) : x.Ticks;
        foreach (var tick in ticks.Where(tick => tick <= x.High + 1e-9))
        {
            svg.Text(x.At(tick), height - Bottom + 19, Axis.Count(tick), "tick", "middle");
        }

        svg.Text((x.From + x.To) / 2, height - 6, XName, "tick", "middle");
    }

    // Names that would overlap move apart, in the order of their lines.
    private static (string Name, string Class, double Y)[] Spread((string Name, string Class, double Y)[] names, double lowest)
    {
        var placed = names.OrderBy(name => name.Y).ToArray();
        for (var index = 1; index < placed.Length; index++)
        {
            placed[index].Y = Math.Max(placed[index].Y, placed[index - 1].Y + LabelHeight);
        }

        for (var index = placed.Length - 1; index >= 0; index--)
        {
            placed[index].Y = Math.Min(placed[index].Y, lowest - ((placed.Length - 1 - index) * LabelHeight));
        }

        return placed;
    }
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">Name at its end.</param>
/// <param name="Class">Look.</param>
/// <param name="Shape">Shape of its markers.</param>
/// <param name="Points">Its points by x.</param>
/// <param name="Faint">Drawn thin, for context.</param>
internal sealed record ChartLine(string Name, string Class, int Shape, ImmutableArray<ChartPoint> Points, bool Faint = false);

/// <summary>A point with its interval; both ends equal where there is none.</summary>
internal sealed record ChartPoint(double X, double Y, double Low, double High);

/// <summary>A moment, or any other value of x, with what happened there.</summary>
internal sealed record ChartMark(string Name, double X);

/// <summary>A horizontal level.</summary>
internal sealed record ChartLevel(string Name, double Y);
