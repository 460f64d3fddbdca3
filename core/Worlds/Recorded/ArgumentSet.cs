using System.Globalization;
using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Arguments as recorded answers are looked up by: standardised names, values as <see cref="CanonicalArguments.CacheKey"/> compares them.</summary>
internal sealed class ArgumentSet
{
    private const double NearNumber = 0.9;
    private readonly SortedDictionary<string, Value> _values = new(StringComparer.Ordinal);

    private ArgumentSet(string json)
    {
        foreach (var (name, value) in CanonicalArguments.Values(json))
        {
            _values[StandardName.Of(name)] = new Value(value, Tokeniser.TermSet(value));
        }

        Key = string.Join('\u001F', _values.Select(pair => $"{pair.Key}={pair.Value.Text}"));
    }

    /// <summary>Equal for equal calls.</summary>
    public string Key { get; }

    /// <summary>Standardised names, sorted.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>Reads canonical arguments.</summary>
    /// <exception cref="ArgumentsException">The text is not one JSON object.</exception>
    public static ArgumentSet Read(string json) => new(json);

    /// <summary>How alike two sets are, 0 to 1: the mean over all names of either of how alike the values are.</summary>
    public double Similarity(ArgumentSet other)
    {
        var names = _values.Keys.Union(other._values.Keys).ToArray();
        return names.Length == 0
            ? 1
            : names.Sum(name => _values.TryGetValue(name, out var mine) && other._values.TryGetValue(name, out var theirs) ? mine.Similarity(theirs) : 0) / names.Length;
    }

    private readonly record struct Value(string Text, HashSet<string> Terms)
    {
        public double Similarity(Value other)
        {
            if (Text.Equals(other.Text, StringComparison.OrdinalIgnoreCase))
            {
                return 1;
            }

            if (double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var mine)
                && double.TryParse(other.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var theirs))
            {
                var largest = Math.Max(Math.Abs(mine), Math.Abs(theirs));
                return largest > 0 && double.IsFinite(largest) ? NearNumber * Math.Max(0, 1 - (Math.Abs(mine - theirs) / largest)) : 0;
            }

            var shared = Terms.Count(other.Terms.Contains);
            return shared == 0 ? 0 : NearNumber * shared / (Terms.Count + other.Terms.Count - shared);
        }
    }
}
