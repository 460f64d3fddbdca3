using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>Points in a plane, each series joined in order where it is a path.</summary>
/// <param name="Title">What it shows, for screen readers.</param>
/// <param name="XName">Name of the x axis.</param>
/// <param name="YName">Name of the y axis.</param>
/// <param name="Series">The series.</param>
internal sealed record ScatterChart(string Title, string XName, string YName, ImmutableArray<ScatterSeries> Series)
{
    private const double Left = 50;
    private const double Top = 26;
    private const double Bottom = 44;

    /// <summary>Draws it.</summary>
    public string Draw(double width = 430, double height = 280)
    {
        var svg = new Svg(width, height, Title);
        var points = Series.SelectMany(series => series.Points).ToList();
        var x = Axis.Over(points.Select(point => point.X), Left, width - 20);
        var y = Axis.Over(points.Select(point => point.Y).Append(0), height - Bottom, Top);
        foreach (var tick in y.Ticks)
        {
            svg.Line(x.From, y.At(tick), x.To, y.At(tick), tick == 0 ? "axis" : "grid");
            svg.Text(x.From - 8, y.At(tick) + 4.5, Axis.Percent(Math.Round(tick, 4)), "tick", "end");
        }

        foreach (var tick in x.Ticks)
        {
            svg.Line(x.At(tick), y.From, x.At(tick), y.To, "grid");
            svg.Text(x.At(tick), height - Bottom + 19, Axis.Count(Math.Round(tick, 4)), "tick", "middle");
        }

        svg.Text((x.From + x.To) / 2, height - 6, XName, "tick", "middle").Text(x.From - 40, 13, YName, "tick");
        foreach (var series in Series)
        {
            Draw(svg, series, x, y);
        }

        return svg.ToString();
    }

    private static void Draw(Svg svg, ScatterSeries series, Axis x, Axis y)
    {
        var places = series.Points.Select(point => new Point(x.At(point.X), y.At(point.Y))).ToList();
        svg.Group(series.Class);
        if (series.Joined)
        {
            svg.Path(places, "line faint");
        }

        for (var index = 0; index < places.Count; index++)
        {
            var last = index == places.Count - 1;
            svg.Marker(series.Shape, places[index], "dot", $"{series.Name}: {Axis.Percent(Math.Round(series.Points[index].Y, 3))}", series.Joined && !last ? 2.4 : 5);
            if (last && series.Named)
            {
                var nearRight = places[index].X > x.To - 90;
                svg.Text(places[index].X + (nearRight ? -9 : 9), places[index].Y + (nearRight ? -9 : 4.5), series.Name, "name", nearRight ? "end" : "start");
            }
        }

        svg.End();
    }
}

/// <summary>One series of a scatter chart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">Look.</param>
/// <param name="Shape">Shape of its markers.</param>
/// <param name="Points">Its points, in order.</param>
/// <param name="Joined">Whether its points are a path.</param>
/// <param name="Named">Whether its name is written beside its last point.</param>
internal sealed record ScatterSeries(string Name, string Class, int Shape, ImmutableArray<Point> Points, bool Joined, bool Named);
