using System.Collections.Immutable;
using System.Globalization;

namespace StepTool.Bench;

/// <summary>The command line: names of benchmarks, then settings such as <c>--rounds 10</c>.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">A setting has no value.</exception>
    internal BenchOptions(string[] arguments)
    {
        var first = Array.FindIndex(arguments, argument => argument.StartsWith("--", StringComparison.Ordinal));
        Names = [.. first < 0 ? arguments : arguments[..first]];
        for (var index = first; index >= 0 && index < arguments.Length; index += 2)
        {
            _settings[arguments[index][2..]] = index + 1 < arguments.Length
                ? arguments[index + 1]
                : throw new ArgumentException($"{arguments[index]} has no value; give one, such as {arguments[index]} 10.");
        }

        Settings = string.Concat(_settings.Select(setting => $" --{setting.Key} {setting.Value}"));
    }

    /// <summary>Names of benchmarks.</summary>
    internal ImmutableArray<string> Names { get; }

    /// <summary>The settings as they were given, each after a blank.</summary>
    internal string Settings { get; }

    /// <summary>Settings that no benchmark asked for.</summary>
    internal IEnumerable<string> Unread => _settings.Keys.Where(key => !_read.Contains(key));

    /// <summary>A setting that is a whole number from 1.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal int Number(string name, int otherwise)
    {
        _read.Add(name);
        return !_settings.TryGetValue(name, out var text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 ? value
            : throw new ArgumentException($"--{name} is '{text}'; it must be a whole number from 1. Leave it out for {otherwise}.");
    }

    /// <summary>A setting that is text.</summary>
    internal string Text(string name, string otherwise)
    {
        _read.Add(name);
        return _settings.GetValueOrDefault(name, otherwise);
    }
}
