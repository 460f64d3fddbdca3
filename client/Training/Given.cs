using System.CommandLine;

namespace StepTool.Client.Training;

/// <summary>What the command line itself names, whatever defaults there are.</summary>
internal static class Given
{
    /// <summary>An option's value as it was typed; null where the command line does not name it.</summary>
    public static string? Text(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false } result ? string.Join(" ", result.Tokens.Select(token => token.Value)) : null;
}
