using System.CommandLine;
using StepTool.Core.Tools;

namespace StepTool.Client.Queue;

/// <summary>Where the answers of calls may come from.</summary>
internal static class ToolModeOption
{
    private static readonly Dictionary<string, ToolMode> Names = new(StringComparer.Ordinal)
    {
        ["recorded"] = ToolMode.Recorded,
        ["live"] = ToolMode.Live,
        ["live-then-simulated"] = ToolMode.LiveThenSimulated,
        ["replay"] = ToolMode.Replay,
    };

    /// <summary>The option <c>--tools</c>.</summary>
    public static Option<ToolMode> Create() => new("--tools")
    {
        Description = $"Where answers come from [{string.Join(", ", Names.Keys)}] [default: recorded]",
        HelpName = "MODE",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (!Names.TryGetValue(text, out var mode))
            {
                result.AddError($"--tools is '{text}'; it must be one of {string.Join(", ", Names.Keys)}, such as --tools live.");
            }

            return mode;
        },
    };

    /// <summary>A mode as it is written.</summary>
    public static string Name(ToolMode mode) => Names.First(pair => pair.Value == mode).Key;
}
