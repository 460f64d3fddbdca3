using System.Globalization;

namespace StepTool.Core.Virtual;

/// <summary>Numbers as Python writes them.</summary>
internal static class PythonNumber
{
    private const int LongestDouble = 32;
    private const int LeastPlainExponent = -4;
    private const int LeastScientificExponent = 16;

    /// <summary>Appends what Python makes of a JSON integer: the same digits; -0 is 0.</summary>
    public static void AppendInteger(ReadOnlySpan<char> digits, TextBuffer output) => output.Append(digits is "-0" ? "0" : digits);

    /// <summary>Appends what Python's <c>repr</c> makes of a float: the shortest digits that read back, and always a point or an exponent.</summary>
    public static void AppendFloat(double value, TextBuffer output)
    {
        if (!double.IsFinite(value))
        {
            output.Append(double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
            return;
        }

        if (double.IsNegative(value))
        {
            output.Append('-');
        }

        Span<char> text = stackalloc char[LongestDouble];
        _ = Math.Abs(value).TryFormat(text, out var length, "R", CultureInfo.InvariantCulture); // the shortest digits, in .NET's own layout
        text = text[..length];
        var exponentAt = text.IndexOf('E');
        var exponent = exponentAt < 0 ? 0 : int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var point = mantissa.IndexOf('.');
        exponent += (point < 0 ? mantissa.Length : point) - 1;

        Span<char> digits = stackalloc char[LongestDouble];
        var count = 0;
        foreach (var character in mantissa)
        {
            if (character == '0' && count == 0)
            {
                exponent--;
            }
            else if (character != '.')
            {
                digits[count++] = character;
            }
        }

        var significant = digits[..count].TrimEnd('0');
        if (significant.IsEmpty)
        {
            output.Append("0.0");
        }
        else if (exponent is >= LeastPlainExponent and < LeastScientificExponent)
        {
            AppendPlain(significant, exponent, output);
        }
        else
        {
            AppendScientific(significant, exponent, output);
        }
    }

    private static void AppendPlain(ReadOnlySpan<char> digits, int exponent, TextBuffer output)
    {
        if (exponent < 0)
        {
            output.Append("0.");
            Zeros(-exponent - 1, output);
            output.Append(digits);
            return;
        }

        var whole = exponent + 1;
        output.Append(digits[..Math.Min(whole, digits.Length)]);
        Zeros(whole - digits.Length, output);
        output.Append('.');
        output.Append(whole < digits.Length ? digits[whole..] : "0");
    }

    private static void AppendScientific(ReadOnlySpan<char> digits, int exponent, TextBuffer output)
    {
        output.Append(digits[0]);
        if (digits.Length > 1)
        {
            output.Append('.');
            output.Append(digits[1..]);
        }

        output.Append(exponent < 0 ? "e-" : "e+");
        _ = Math.Abs(exponent).TryFormat(output.Room(3), out var written, "00", CultureInfo.InvariantCulture);
        output.Length += written;
    }

    private static void Zeros(int count, TextBuffer output)
    {
        for (; count > 0; count--)
        {
            output.Append('0');
        }
    }
}
