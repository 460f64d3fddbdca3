using System.Text;

namespace StepTool.Core.Tools;

/// <summary>ToolBench's standardisation of names, so that keys, folders and function names agree.</summary>
public static class StandardName
{
    private const int MaxFunctionNameLength = 64;
    private static readonly HashSet<string> Reserved = ["from", "class", "return", "false", "true", "id", "and"];

    /// <summary>
    /// Letters, digits and "_" stay, all else becomes "_"; runs of "_" collapse; lower case; "_" is trimmed at both ends;
    /// "get_" goes before a leading digit and "is_" before a reserved word.
    /// </summary>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            var kept = char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '_';
            if (kept != '_' || (text.Length > 0 && text[^1] != '_'))
            {
                text.Append(kept);
            }
        }

        var standard = text.ToString().TrimEnd('_');
        return standard switch
        {
            "" => "unnamed",
            _ when char.IsAsciiDigit(standard[0]) => "get_" + standard,
            _ when Reserved.Contains(standard) => "is_" + standard,
            _ => standard,
        };
    }

    /// <summary>The function name of an API: <c>api_for_tool</c>, of which the last 64 characters count.</summary>
    public static string Function(string tool, string api)
    {
        var name = $"{api}_for_{tool}";
        return name.Length <= MaxFunctionNameLength ? name : name[^MaxFunctionNameLength..];
    }
}
