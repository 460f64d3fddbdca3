using System.Globalization;
using System.Net;
using System.Text;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>Writes the few SVG elements that the plots need; colours come from classes, so that light and dark share one drawing.</summary>
internal sealed class Svg
{
    private readonly StringBuilder _text = new();

    /// <summary>Starts a drawing that scales to its container.</summary>
    public Svg(double width, double height, string title, string? style = null)
    {
        (Width, Height) = (width, height);
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {N(width)} {N(height)}" role="img" class="plot" aria-label="{Escape(title)}">""");
        if (style is not null)
        {
            Add($"<style>{style}</style>").Add($"""<rect class="page" width="{N(width)}" height="{N(height)}" rx="12"/>""");
        }

        Add($"<title>{Escape(title)}</title>");
    }

    /// <summary>Width of the view box.</summary>
    public double Width { get; }

    /// <summary>Height of the view box.</summary>
    public double Height { get; }

    /// <summary>Text as it may stand in markup.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public Svg Line(double x1, double y1, double x2, double y2, string cssClass) =>
        Add($"""<line class="{cssClass}" x1="{N(x1)}" y1="{N(y1)}" x2="{N(x2)}" y2="{N(y2)}"/>""");

    public Svg Rect(double x, double y, double width, double height, string cssClass, double radius = 0) =>
        Add($"""<rect class="{cssClass}" x="{N(x)}" y="{N(y)}" width="{N(Math.Max(0, width))}" height="{N(height)}" rx="{N(radius)}"/>""");

    public Svg Text(double x, double y, string text, string cssClass, string anchor = "start") =>
        Add($"""<text class="{cssClass}" x="{N(x)}" y="{N(y)}" text-anchor="{anchor}">{Escape(text)}</text>""");

    public Svg Path(IEnumerable<Point> points, string cssClass, bool closed = false) =>
        Add($"""<path class="{cssClass}" d="{string.Join(' ', points.Select((point, index) => $"{(index == 0 ? 'M' : 'L')}{N(point.X)} {N(point.Y)}"))}{(closed ? "Z" : "")}"/>""");

    /// <summary>A marker whose shape tells its series without colour: circle, square, triangle, diamond, in turn.</summary>
    public Svg Marker(int shape, Point at, string cssClass, string? tip = null, double size = 4)
    {
        Add($"""<g class="{cssClass}">""");
        _ = (shape % 4) switch
        {
            0 => Add($"""<circle cx="{N(at.X)}" cy="{N(at.Y)}" r="{N(size)}"/>"""),
            1 => Rect(at.X - (size * 0.9), at.Y - (size * 0.9), size * 1.8, size * 1.8, "", 1),
            2 => Path([new(at.X, at.Y - (size * 1.2)), new(at.X + (size * 1.15), at.Y + (size * 0.9)), new(at.X - (size * 1.15), at.Y + (size * 0.9))], "", true),
            _ => Path([new(at.X, at.Y - (size * 1.3)), new(at.X + (size * 1.3), at.Y), new(at.X, at.Y + (size * 1.3)), new(at.X - (size * 1.3), at.Y)], "", true),
        };
        return (tip is null ? this : Add($"<title>{Escape(tip)}</title>")).Add("</g>");
    }

    public Svg Group(string cssClass) => Add($"""<g class="{cssClass}">""");

    public Svg End() => Add("</g>");

    /// <summary>The finished drawing.</summary>
    public override string ToString() => $"{_text}</svg>\n";

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private Svg Add(string markup)
    {
        _text.Append(markup).Append('\n');
        return this;
    }
}

/// <summary>A place in a drawing, or a value pair before scaling.</summary>
internal readonly record struct Point(double X, double Y);
