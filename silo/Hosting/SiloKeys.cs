using System.ComponentModel;
using Microsoft.Extensions.Options;
using StepTool.Core.Text;
using StepTool.Grains.Hosting;
using StepTool.Grains.Training;
using StepTool.Silo.Tools;
using StepTool.Silo.Virtual;

namespace StepTool.Silo.Hosting;

/// <summary>The keys that a silo's options have. A silo that ignored what it was told would start on defaults, and nobody would notice.</summary>
internal static class SiloKeys
{
    // A name that its owner chooses: a label, an API, an entry of a list.
    private const string Chosen = "*";

    private static readonly (string[] Path, Type Type)[] Known =
    [
        .. Leaves(SiloOptions.Section, typeof(SiloOptions)),
        .. Leaves(GrainsOptions.Section, typeof(GrainsOptions)),
        .. Leaves(ToolsOptions.Section, typeof(ToolsOptions)),
        .. Leaves(LiveOptions.Section, typeof(LiveOptions)),
        .. Leaves(TrainingOptions.Section, typeof(TrainingOptions)),
        .. Leaves(VirtualOptions.Section, typeof(VirtualOptions)),
    ];

    /// <summary>Checks that each key of the silo's section is an option, and its value of that option's type.</summary>
    /// <exception cref="OptionsValidationException">Some are not; each is named with value, rule and remedy.</exception>
    public static void Check(IConfiguration configuration)
    {
        string[] failures = [.. configuration.GetSection(SiloOptions.Section).AsEnumerable().Where(pair => pair.Value is not null).Select(pair => Failure(pair.Key, pair.Value!)).OfType<string>()];
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), failures);
        }
    }

    private static string? Failure(string key, string value)
    {
        var path = key.Split(':');
        var type = Array.Find(Known, known => Fits(known.Path, path)).Type;
        return type is null ? Unknown(key) : IsOf(type, value) ? null : $"{key} is '{value}'; it must be {Rule(type)}. Correct it, or leave it out for its default.";
    }

    private static string Unknown(string key)
    {
        var name = Spelling.Nearest(key.Split(':')[^1], Known.Select(known => known.Path[^1]));
        string[] named = [.. Known.Where(known => known.Path[^1] == name).Select(known => string.Join(':', known.Path))];
        var near = Spelling.Nearest(key, named) ?? named.FirstOrDefault();
        return $"{key} is no option of a silo; each key of section {SiloOptions.Section} must be one. {(near is null ? "Correct it, or leave it out" : $"Did you mean {near}?")} (in the environment ':' is '__').";
    }

    private static bool Fits(string[] known, string[] path) =>
        known.Length == path.Length && known.Zip(path).All(pair => pair.First == Chosen || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private static bool IsOf(Type type, string value)
    {
        if (type == typeof(string))
        {
            return true;
        }

        try
        {
            var read = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return !type.IsEnum || Enum.IsDefined(type, read!);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    private static string Rule(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a time such as 00:00:20"
        : type == typeof(double) ? "a number"
        : "a whole number";

    private static IEnumerable<(string[] Path, Type Type)> Leaves(string path, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Leaves(path, inner);
        }

        if (type.IsEnum || type.Namespace == nameof(System))
        {
            return [(path.Split(':'), type)];
        }

        return type.IsGenericType
            ? Leaves($"{path}:{Chosen}", type.GetGenericArguments()[^1])
            : type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).SelectMany(property => Leaves($"{path}:{property.Name}", property.PropertyType));
    }
}
