using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace StepTool.Client.CommandLine;

/// <summary>Options with a range; a value outside is refused with name, value, range and remedy.</summary>
internal static class Ranged
{
    /// <summary>An option that has a default.</summary>
    public static Option<T> Option<T>(string name, string description, T least, T most, T preset)
        where T : struct, INumber<T> => new(name)
        {
            Description = $"{description} [{Text(least)} to {Text(most)}]",
            HelpName = "N",
            DefaultValueFactory = _ => preset,
            CustomParser = result => Parse(name, result, least, most) ?? preset,
        };

    /// <summary>An option that may be left out.</summary>
    public static Option<T?> Optional<T>(string name, string description, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = $"{description} [{Text(least)} to {Text(most)}]",
            HelpName = "N",
            CustomParser = result => Parse(name, result, least, most),
        };

    private static T? Parse<T>(string name, System.CommandLine.Parsing.ArgumentResult result, T least, T most)
        where T : struct, INumber<T>
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        var form = T.IsInteger(least) && typeof(T) != typeof(double) ? "a whole number" : "a number";
        result.AddError($"{name} is '{text}'; it must be {form} from {Text(least)} to {Text(most)}, such as {name} {Text(Near(text, least, most))}.");
        return null;
    }

    // The end of the range that is nearer to what was meant.
    private static T Near<T>(string text, T least, T most)
        where T : struct, INumber<T> =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > double.CreateSaturating(most) ? most : least;

    private static string Text<T>(T value)
        where T : struct, INumber<T> => value.ToString(null, CultureInfo.InvariantCulture);
}
