using System.Globalization;

namespace StepTool.Core.Tools;

/// <summary>One text for each number, however it was written and however long it is.</summary>
internal static class NumberForm
{
    private const int LongestPlain = 40;

    /// <summary>Normalises a decimal number: no exponent (short of 40 digits), no needless zeros or signs. False for what is no number.</summary>
    public static bool TryNormalise(ReadOnlySpan<char> text, out string normal)
    {
        normal = "";
        var negative = text is ['-', ..];
        var body = text is ['-', ..] or ['+', ..] ? text[1..] : text;
        var exponent = 0L;
        var exponentAt = body.IndexOfAny('e', 'E');
        if (exponentAt >= 0)
        {
            if (!long.TryParse(body[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || Math.Abs(exponent) > int.MaxValue)
            {
                return false;
            }

            body = body[..exponentAt];
        }

        var point = body.IndexOf('.');
        var whole = point < 0 ? body : body[..point];
        var fraction = point < 0 ? [] : body[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        normal = Write(negative, string.Concat(whole, fraction), exponent - fraction.Length);
        return true;
    }

    // digits x 10^scale
    private static string Write(bool negative, string digits, long scale)
    {
        var significant = digits.TrimStart('0').TrimEnd('0');
        if (significant.Length == 0)
        {
            return "0";
        }

        scale += digits.Length - digits.TrimEnd('0').Length;
        var sign = negative ? "-" : "";
        var pointAt = significant.Length + scale;
        return scale >= 0 && pointAt <= LongestPlain ? sign + significant + new string('0', (int)scale)
            : scale < 0 && pointAt > 0 ? $"{sign}{significant[..(int)pointAt]}.{significant[(int)pointAt..]}"
            : scale < 0 && pointAt > -LongestPlain ? $"{sign}0.{new string('0', (int)-pointAt)}{significant}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{sign}{significant[0]}{(significant.Length > 1 ? "." : "")}{significant.AsSpan(1)}e{pointAt - 1}");
    }
}
