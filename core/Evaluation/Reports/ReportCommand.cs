namespace StepTool.Core.Evaluation.Reports;

/// <summary>The command line as a report states it.</summary>
public static class ReportCommand
{
    // These say where a run reads its state and writes its results; no number depends on them, and equal runs shall give equal reports.
    private static readonly HashSet<string> Places = ["--out", "--data-dir", "--silo"];

    /// <summary>The arguments as typed, without the options that only name places, and quoted where they hold spaces.</summary>
    public static string Of(IEnumerable<string> arguments)
    {
        var kept = new List<string> { "steptool" };
        var skip = false;
        foreach (var argument in arguments)
        {
            var isPlace = Places.Contains(argument);
            if (!skip && !isPlace && !Places.Any(place => argument.StartsWith(place + "=", StringComparison.Ordinal)))
            {
                kept.Add(argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument);
            }

            skip = isPlace && !skip;
        }

        return string.Join(' ', kept);
    }
}
