namespace StepTool.Learning.Objectives;

/// <summary>The squared error of the critic, clipped around its earlier value.</summary>
/// <remarks>As in the PPO code that the StepTool release uses: the larger of the free and the clipped error counts.</remarks>
public static class ClippedValueLoss
{
    /// <summary>The loss of one decision, half the larger squared error, and its derivative with respect to the value.</summary>
    /// <param name="value">The critic's value now.</param>
    /// <param name="earlier">The critic's value before the update.</param>
    /// <param name="target">The return to learn.</param>
    /// <param name="clip">How far the value may leave the earlier one before the gain stops growing.</param>
    public static LossTerm Evaluate(double value, double earlier, double target, double clip)
    {
        var free = value - target;
        var held = Math.Clamp(value, earlier - clip, earlier + clip) - target;
        return held * held > free * free ? new LossTerm(held * held / 2, 0, IsClipped: true) : new LossTerm(free * free / 2, free, IsClipped: false);
    }
}
