using System.Globalization;
using System.Text.Json;

namespace StepTool.Core.Tools.Schemas;

/// <summary>What a schema says of numbers: exactly where a decimal holds them, else as doubles.</summary>
internal static class SchemaNumber
{
    private const double Tolerance = 1e-9;

    /// <summary>Whether a number has no fraction, however it is written.</summary>
    public static bool IsWhole(JsonElement number) =>
        number.TryGetDecimal(out var exact) ? exact == decimal.Truncate(exact) : number.TryGetDouble(out var near) && Math.Floor(near) == near;

    /// <summary>What the number should be where it breaks a bound; null where it keeps all.</summary>
    public static string? Broken(JsonElement schema, JsonElement number)
    {
        var isKept = Keeps(schema, "minimum", number, order => order >= 0)
            && Keeps(schema, "maximum", number, order => order <= 0)
            && Keeps(schema, "exclusiveMinimum", number, order => order > 0)
            && Keeps(schema, "exclusiveMaximum", number, order => order < 0)
            && !(SchemaWords.Flag(schema, "exclusiveMinimum") && !Keeps(schema, "minimum", number, order => order > 0))
            && !(SchemaWords.Flag(schema, "exclusiveMaximum") && !Keeps(schema, "maximum", number, order => order < 0))
            && IsMultiple(schema, number)
            && IsInFormat(schema, number);
        return isKept ? null : SchemaWords.Number(schema);
    }

    private static bool Keeps(JsonElement schema, string bound, JsonElement number, Func<int, bool> rule) =>
        !schema.TryGetProperty(bound, out var limit) || limit.ValueKind != JsonValueKind.Number || rule(Compare(number, limit));

    private static int Compare(JsonElement one, JsonElement other) =>
        one.TryGetDecimal(out var exact) && other.TryGetDecimal(out var limit) ? exact.CompareTo(limit) : one.GetDouble().CompareTo(other.GetDouble());

    private static bool IsMultiple(JsonElement schema, JsonElement number)
    {
        if (!schema.TryGetProperty("multipleOf", out var step) || step.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        if (number.TryGetDecimal(out var exact) && step.TryGetDecimal(out var divisor))
        {
            return divisor == 0 || exact % divisor == 0;
        }

        var ratio = number.GetDouble() / step.GetDouble();
        return !double.IsFinite(ratio) || Math.Abs(ratio - Math.Round(ratio)) < Tolerance;
    }

    private static bool IsInFormat(JsonElement schema, JsonElement number) =>
        !schema.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || SchemaWords.TextOf(format) switch
        {
            "int32" => decimal.TryParse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= int.MinValue and <= int.MaxValue && IsWhole(number),
            "int64" => decimal.TryParse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= long.MinValue and <= ulong.MaxValue && IsWhole(number),
            _ => true,
        };
}
