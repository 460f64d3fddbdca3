using System.Globalization;

namespace StepTool.Core.Runs;

/// <summary>Which policy decides: a floor by name, or a trained policy at a version. Written <c>floor:bm25@3</c>, <c>NAME@latest</c>, <c>NAME@promoted</c> or <c>NAME@7</c>.</summary>
/// <param name="Name">The floor's or the policy's name.</param>
/// <param name="Pin">What is pinned.</param>
/// <param name="Version">The version, where <paramref name="Pin"/> is <see cref="PolicyPin.Version"/>.</param>
public sealed record PolicyReference(string Name, PolicyPin Pin, int Version = 0)
{
    private const string FloorPrefix = "floor:";

    /// <summary>Reads a reference; a name alone means its promoted version.</summary>
    /// <exception cref="FormatException">The text is no reference.</exception>
    public static PolicyReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(FloorPrefix, StringComparison.Ordinal) && text.Length > FloorPrefix.Length)
        {
            return new PolicyReference(text[FloorPrefix.Length..], PolicyPin.Floor);
        }

        var at = text.LastIndexOf('@');
        var (name, version) = text == FloorPrefix ? ("", "") : at < 0 ? (text, "promoted") : (text[..at], text[(at + 1)..]);
        return (name.Length, version) switch
        {
            ( > 0, "latest") => new PolicyReference(name, PolicyPin.Latest),
            ( > 0, "promoted") => new PolicyReference(name, PolicyPin.Promoted),
            ( > 0, _) when int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) =>
                new PolicyReference(name, PolicyPin.Version, number),
            _ => throw new FormatException($"Policy '{text}' is not of the form NAME@latest, NAME@promoted, NAME@7 or floor:NAME."),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Pin switch
    {
        PolicyPin.Floor => FloorPrefix + Name,
        PolicyPin.Latest => Name + "@latest",
        PolicyPin.Promoted => Name + "@promoted",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Version}"),
    };
}

/// <summary>What of a policy is pinned.</summary>
public enum PolicyPin
{
    /// <summary>A floor: it has no versions.</summary>
    Floor,

    /// <summary>The newest published version when the episode begins.</summary>
    Latest,

    /// <summary>The promoted version when the episode begins.</summary>
    Promoted,

    /// <summary>One version.</summary>
    Version,
}
