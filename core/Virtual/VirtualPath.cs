using StepTool.Core.Tools;

namespace StepTool.Core.Virtual;

/// <summary>Where a request's names lead: <c>category/tool/api</c>, standardised, as a part of the request's buffer.</summary>
/// <param name="Cut">With the API's name up to where it goes on with <c>_for_</c> and the tool's.</param>
/// <param name="Whole">With the API's whole name.</param>
internal readonly record struct VirtualPath(Range Cut, Range Whole)
{
    private const string Joint = "_for_";

    /// <summary>Appends the path of three names that stand in the buffer.</summary>
    public static VirtualPath Append(Range category, Range tool, Range api, TextBuffer text)
    {
        tool = WithoutCategory(tool, category, text);
        var start = text.Length;
        AppendStandard(category, text);
        text.Append('/');
        var toolAt = text.Length;
        AppendStandard(tool, text);
        var standardTool = toolAt..text.Length;
        text.Append('/');
        var apiAt = text.Length;
        AppendStandard(api, text);
        var end = CutAt(text[apiAt..], text[tool], text[standardTool]);
        return new VirtualPath(start..(apiAt + end), start..text.Length);
    }

    private static void AppendStandard(Range name, TextBuffer text)
    {
        var room = text.Room(text[name].Length + StandardName.LongestAddition);
        text.Length += StandardName.Write(text[name], room);
    }

    // Clients may name a tool by its folder: tool_for_Category.
    private static Range WithoutCategory(Range tool, Range category, TextBuffer text)
    {
        var start = text.Length;
        text.Append(Joint);
        AppendFolder(category, text);
        var suffix = text[start..];
        var name = text[tool];
        text.Length = start;
        return name.EndsWith(suffix, StringComparison.Ordinal) ? tool.Start..(tool.Start.Value + name.Length - suffix.Length) : tool;
    }

    // " ", "," and "/" become "_", and then each pair of "_" one.
    private static void AppendFolder(Range category, TextBuffer text)
    {
        var pending = false;
        foreach (var character in text[category])
        {
            var kept = character is ' ' or ',' or '/' ? '_' : character;
            if (pending && kept == '_')
            {
                pending = false;
                continue;
            }

            text.Append(kept);
            pending = kept == '_';
        }
    }

    private static int CutAt(ReadOnlySpan<char> api, ReadOnlySpan<char> tool, ReadOnlySpan<char> standardTool)
    {
        for (var at = api.IndexOf(Joint, StringComparison.Ordinal); at > 0;)
        {
            var rest = api[(at + Joint.Length)..];
            if (rest.StartsWith(tool, StringComparison.Ordinal) || rest.StartsWith(standardTool, StringComparison.Ordinal))
            {
                return at;
            }

            var next = api[(at + 1)..].IndexOf(Joint, StringComparison.Ordinal);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return api.Length;
    }
}
