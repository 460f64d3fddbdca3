using StepTool.Client.Worlds;

namespace StepTool.Client.Comparing;

/// <summary>The budgets of a comparison where nobody says; chosen on dev tasks, before test was measured.</summary>
/// <param name="Turns">Turns that each contender learns from.</param>
/// <param name="StartTurns">Turns of demonstrations that the common start learns from.</param>
/// <param name="Demonstrations">Train tasks that a demonstration is given of.</param>
/// <param name="BatchSize">Episodes an update.</param>
internal sealed record CompareDefaults(long Turns, long StartTurns, int Demonstrations, int BatchSize)
{
    /// <summary>Entropy coefficient of every method: a policy that has imitated needs less exploration than a random one.</summary>
    public const double Entropy = 0.005;

    /// <summary>The defaults of a world by its short name.</summary>
    public static CompareDefaults Of(string world) => world == WorldChoice.BuiltIn
        ? new CompareDefaults(20_000, 500, 20, 128)
        : new CompareDefaults(10_000, 1_000, 0, 64);
}
