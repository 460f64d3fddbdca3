using StepTool.Core.Evaluation.Reports;

namespace StepTool.Client.CommandLine;

/// <summary>The command line as runs and reports keep it: what was asked for, not where to or how to show it.</summary>
internal static class CommandText
{
    private static readonly HashSet<string> Switches = ["--json"];
    private static readonly HashSet<string> Valued = ["--run", "--api-key"];

    /// <summary>The text of arguments.</summary>
    public static string Of(IEnumerable<string> arguments)
    {
        var kept = new List<string>();
        var skip = false;
        foreach (var argument in arguments)
        {
            var isValued = Valued.Contains(argument);
            if (!skip && !isValued && !Switches.Contains(argument) && !Valued.Any(name => argument.StartsWith(name + "=", StringComparison.Ordinal)))
            {
                kept.Add(argument);
            }

            skip = isValued && !skip;
        }

        return ReportCommand.Of(kept);
    }
}
