using StepTool.Client.Worlds;

namespace StepTool.Client.Comparing;

/// <summary>The budgets of a comparison where nobody says; chosen on dev tasks, before test was measured.</summary>
/// <param name="Turns">Turns that each contender learns from.</param>
/// <param name="StartTurns">Turns of demonstrations that the common start learns from.</param>
/// <param name="Demonstrations">Train tasks that a demonstration is given of.</param>
/// <param name="BatchSize">Episodes an update.</param>
internal sealed record CompareDefaults(long Turns, long StartTurns, int Demonstrations, int BatchSize)
{
    /// <summary>The defaults of a world by its short name.</summary>
    public static CompareDefaults Of(string world) => world == WorldChoice.BuiltIn
        ? new CompareDefaults(60_000, 10_000, 200, 256)
        : new CompareDefaults(40_000, 6_000, 0, 256);
}
