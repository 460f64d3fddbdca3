using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>One row a quantity: its name, a bar from 0 or a dot, its interval, and the number in words.</summary>
/// <param name="Title">What it shows, for screen readers.</param>
/// <param name="Rows">The rows from top to bottom.</param>
/// <param name="Bars">Bars from 0; otherwise dots beside a line at 0.</param>
internal sealed record IntervalChart(string Title, ImmutableArray<IntervalRow> Rows, bool Bars)
{
    private const double RowHeight = 24;
    private const double Bottom = 26;

    /// <summary>Draws it.</summary>
    public string Draw(double width = 430)
    {
        var height = (Rows.Length * RowHeight) + Bottom + 6;
        var svg = new Svg(width, height, Title);
        var left = Math.Min(width * 0.5, 16 + (8.2 * Rows.Select(row => row.Name.Length).DefaultIfEmpty(0).Max()));
        var right = width - 14 - (7.2 * Rows.Select(row => row.Label.Length).DefaultIfEmpty(0).Max());
        var x = Axis.Over(Rows.SelectMany(row => new[] { row.Interval.Low, row.Interval.High }).Append(0).Append(Bars ? 0.2 : 0), left, right);
        foreach (var tick in x.Ticks)
        {
            svg.Line(x.At(tick), 0, x.At(tick), height - Bottom, Math.Abs(tick) < 1e-9 ? "axis" : "grid");
            svg.Text(x.At(tick), height - 8, Bars ? Axis.Percent(Math.Round(tick, 4)) : Axis.Points(tick), "tick", "middle");
        }

        for (var index = 0; index < Rows.Length; index++)
        {
            Draw(svg, Rows[index], x, (index + 0.5) * RowHeight, left, width);
        }

        return svg.ToString();
    }

    private void Draw(Svg svg, IntervalRow row, Axis x, double y, double left, double width)
    {
        svg.Group(row.Class);
        svg.Text(left - 10, y + 4.5, row.Name, "row", "end");
        if (Bars)
        {
            svg.Rect(x.At(0), y - 8, x.At(row.Interval.Mean) - x.At(0), 16, "bar", 3);
        }

        svg.Line(x.At(row.Interval.Low), y, x.At(row.Interval.High), y, "whisker");
        foreach (var end in new[] { row.Interval.Low, row.Interval.High })
        {
            svg.Line(x.At(end), y - 4, x.At(end), y + 4, "whisker");
        }

        if (!Bars)
        {
            svg.Marker(0, new Point(x.At(row.Interval.Mean), y), "dot", size: 4.6);
        }

        svg.Text(width - 2, y + 4.5, row.Label, "row number", "end").End();
    }
}

/// <summary>A row of an interval chart.</summary>
/// <param name="Name">Name at its left.</param>
/// <param name="Interval">What is drawn.</param>
/// <param name="Label">What is written at its right.</param>
/// <param name="Class">Look: a series, floor, reference or open.</param>
internal sealed record IntervalRow(string Name, Interval Interval, string Label, string Class);
