using System.Globalization;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Catalogues.Imports;

/// <summary>What a part has at hand while it is read.</summary>
/// <param name="part">Name of the part.</param>
/// <param name="taken">Tools that earlier parts named: <c>category/tool</c>.</param>
/// <param name="skip">Takes note of what is left out.</param>
public sealed class PartReading(string part, IReadOnlySet<string> taken, Action<SkippedPart> skip)
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Tools that this part named.</summary>
    public IReadOnlyCollection<string> Named => _named;

    /// <summary>Notes an entry that is left out.</summary>
    /// <param name="where">Where in the part; empty for the whole.</param>
    /// <param name="reason">Why, in the form <c>kind: detail</c>, so that equal kinds are counted together.</param>
    public void Skip(string where, string reason) => skip(new SkippedPart(part, where, reason));

    /// <summary>Names a tool of this part: its own name standardised, with a number where another part has it already.</summary>
    public string NameTool(string category, string tool)
    {
        var standard = StandardName.Of(tool);
        var (name, number) = (standard, 1);
        while (taken.Contains($"{category}/{name}") || _named.Contains($"{category}/{name}"))
        {
            number++;
            name = string.Create(CultureInfo.InvariantCulture, $"{standard}_{number}");
        }

        _named.Add($"{category}/{name}");
        return name;
    }
}
