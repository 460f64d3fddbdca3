using System.Collections.Immutable;

namespace StepTool.Bench.Crashes;

/// <summary>What a crash suite counted.</summary>
/// <param name="Windows">The window that each kill met.</param>
/// <param name="Ended">Tasks that ended.</param>
/// <param name="Faults">Tasks that ended by a fault.</param>
/// <param name="Updates">Versions published.</param>
/// <param name="Trained">Episodes learnt from.</param>
/// <param name="Calls">Calls that tools received.</param>
/// <param name="Repeated">Calls that they received again.</param>
/// <param name="LongestStall">Longest time without any call, in seconds.</param>
/// <param name="Violations">Promises that were broken.</param>
internal sealed record CrashTally(
    ImmutableArray<CrashWindow> Windows, int Ended, int Faults, int Updates, long Trained, long Calls, long Repeated, double LongestStall, ImmutableArray<string> Violations)
{
    /// <summary>Nothing yet.</summary>
    public static CrashTally Empty { get; } = new([], 0, 0, 0, 0, 0, 0, 0, []);

    /// <summary>Both, one after the other.</summary>
    public static CrashTally operator +(CrashTally one, CrashTally other) => new(
        one.Windows.AddRange(other.Windows),
        one.Ended + other.Ended,
        one.Faults + other.Faults,
        one.Updates + other.Updates,
        one.Trained + other.Trained,
        one.Calls + other.Calls,
        one.Repeated + other.Repeated,
        Math.Max(one.LongestStall, other.LongestStall),
        one.Violations.AddRange(other.Violations));
}
