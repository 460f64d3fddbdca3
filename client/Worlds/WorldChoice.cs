using System.Collections.Immutable;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Client.Worlds;

/// <summary>A loaded world and the reference by which a cluster knows it.</summary>
/// <param name="Reference">Such as <c>built-in:1</c>.</param>
/// <param name="World">The world.</param>
internal sealed record WorldChoice(string Reference, IWorld World)
{
    /// <summary>Name of the generated world.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>The first part of the reference, for names of runs and folders.</summary>
    public string ShortName => Reference.Split(':')[0];

    /// <summary>The world's seed, as the reference says.</summary>
    public ulong Seed => Reference.Split(':') is [_, var seed, ..] && ulong.TryParse(seed, CultureInfo.InvariantCulture, out var number) ? number : 1;

    /// <summary>An API's documentation.</summary>
    /// <exception cref="Refusal">There is no such API.</exception>
    public ApiDocumentation Describe(string key) => ApiKey.TryParse(key, out var api) && World.TryDescribe(api, out var documentation)
        ? documentation
        : throw Refusal.Usage($"'{key}' is no API of world {World.Id}{(Spelling.Nearest(key, World.Apis.Select(known => known.ToString())) is { } near ? $"; did you mean '{near}'?" : ".")} See 'steptool tools list'.");

    /// <summary>Checks that a split has tasks of each named group.</summary>
    /// <exception cref="Refusal">A group is unknown.</exception>
    public ImmutableArray<string> Groups(string option, string? text, Split split)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var known = World.Tasks.Select(World.Labels).Where(labels => labels.Split == split).Select(labels => labels.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        var wanted = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return wanted.FirstOrDefault(group => !known.Contains(group)) is { } unknown
            ? throw Refusal.Usage($"{option} names '{unknown}'; it must name groups of this world, which are {string.Join(", ", known)}. Leave it out for all.")
            : [.. wanted.Distinct().Order(StringComparer.Ordinal)];
    }
}
