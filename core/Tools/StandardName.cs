namespace StepTool.Core.Tools;

/// <summary>ToolBench's standardisation of names, so that keys, folders and function names agree.</summary>
public static class StandardName
{
    /// <summary>Characters that a standard name may have more than the name.</summary>
    internal const int LongestAddition = 7;

    private const int MaxFunctionNameLength = 64;
    private const int LongestOnStack = 256;

    /// <summary>
    /// Letters, digits and "_" stay, all else becomes "_"; runs of "_" collapse; lower case; "_" is trimmed at both ends;
    /// "get_" goes before a leading digit and "is_" before a reserved word.
    /// </summary>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var length = name.Length + LongestAddition;
        Span<char> standard = length <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[length];
        return standard[..Write(name, standard)].ToString();
    }

    /// <summary>The same, written where there is room for the name and <see cref="LongestAddition"/> characters more; the number of characters written.</summary>
    internal static int Write(ReadOnlySpan<char> name, Span<char> standard)
    {
        var length = 0;
        foreach (var character in name)
        {
            var kept = char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '_';
            if (kept != '_' || (length > 0 && standard[length - 1] != '_'))
            {
                standard[length++] = kept;
            }
        }

        length = standard[..length].TrimEnd('_').Length;
        var prefix = standard[..length] switch
        {
            "" => "unnamed",
            [>= '0' and <= '9', ..] => "get_",
            "from" or "class" or "return" or "false" or "true" or "id" or "and" => "is_",
            _ => "",
        };
        standard[..length].CopyTo(standard[prefix.Length..]);
        prefix.CopyTo(standard);
        return prefix.Length + length;
    }

    /// <summary>The function name of an API: <c>api_for_tool</c>, of which the last 64 characters count.</summary>
    public static string Function(string tool, string api)
    {
        var name = $"{api}_for_{tool}";
        return name.Length <= MaxFunctionNameLength ? name : name[^MaxFunctionNameLength..];
    }
}
