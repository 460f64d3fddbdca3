using System.Globalization;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>A linear scale from values to a drawing, with round ticks.</summary>
internal sealed record Axis(double Low, double High, double From, double To, double Spacing)
{
    /// <summary>A scale over the values, widened to round ticks.</summary>
    public static Axis Over(IEnumerable<double> values, double from, double to, int ticks = 4)
    {
        var (low, high) = values.DefaultIfEmpty(0).Aggregate((Low: double.MaxValue, High: double.MinValue), (ends, value) =>
            (Math.Min(ends.Low, value), Math.Max(ends.High, value)));
        if (high - low < 1e-9)
        {
            (low, high) = (low - 0.5, high + 0.5);
        }

        var spacing = Round((high - low) / ticks);
        return new Axis(Math.Floor((low / spacing) + 1e-9) * spacing, Math.Ceiling((high / spacing) - 1e-9) * spacing, from, to, spacing);
    }

    /// <summary>Ticks from end to end.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((High - Low) / Spacing) + 1).Select(tick => Low + (tick * Spacing));

    /// <summary>A value's place.</summary>
    public double At(double value) => From + ((value - Low) / (High - Low) * (To - From));

    /// <summary>A tick as a share in percent.</summary>
    public static string Percent(double value) => (100 * value).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    /// <summary>A tick as a signed difference in percentage points.</summary>
    public static string Points(double value) => Math.Round(100 * value, 2).ToString("+0.##;−0.##;0", CultureInfo.InvariantCulture);

    /// <summary>A tick as a count, thousands as k.</summary>
    public static string Count(double value) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    // 1, 2, 2.5 or 5 times a power of ten.
    private static double Round(double spacing)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(spacing)));
        return power * (spacing / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 2.5 => 2.5,
            <= 5 => 5,
            _ => 10,
        };
    }
}
