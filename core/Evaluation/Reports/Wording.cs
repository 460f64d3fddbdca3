using System.Globalization;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>How reports write numbers and names, the same in every form.</summary>
internal static class Wording
{
    /// <summary>A split's name.</summary>
    public static string Of(Split split) => split switch
    {
        Split.Train => "train",
        Split.Dev => "dev",
        Split.Test => "test",
        _ => "own tasks",
    };

    /// <summary>A share as a percentage, such as "61.4 %"; a dash for none.</summary>
    public static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %") : "–";

    /// <summary>A difference in percentage points with its sign.</summary>
    public static string Points(double difference) => string.Create(CultureInfo.InvariantCulture, $"{100 * difference:+0.0;−0.0;0.0}");

    /// <summary>Ends of an interval of shares, such as "58.0 – 64.8".</summary>
    public static string Ends(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} – {100 * interval.High:0.0}");

    /// <summary>Ends of an interval of differences, with signs.</summary>
    public static string SignedEnds(Interval interval) => $"{Points(interval.Low)} to {Points(interval.High)}";

    /// <summary>A plain number.</summary>
    public static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>A count with groups of three.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An adjusted p-value.</summary>
    public static string PValue(double value) => value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
