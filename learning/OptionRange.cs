using System.Globalization;

namespace StepTool.Learning;

/// <summary>Checks options, with messages that name key, value, rule and remedy.</summary>
internal static class OptionRange
{
    public static void Require(string key, double value, double least, double most, string remedy)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Option '{key}' is {value}; it must be from {least} to {most}. {remedy}"), key);
        }
    }
}
