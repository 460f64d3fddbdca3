using System.Globalization;

namespace StepTool.Grains.Hosting;

/// <summary>The one wording of an option that is out of its range.</summary>
internal static class OptionRange
{
    /// <summary>What is wrong with a value: nothing, or a sentence with key, value, rule and remedy.</summary>
    internal static IEnumerable<string> Check<T>(string key, T value, T least, T most, string remedy)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{key} is {value}; it must be from {least} to {most}. {remedy}");
        }
    }
}
