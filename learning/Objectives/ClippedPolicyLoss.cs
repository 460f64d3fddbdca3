namespace StepTool.Learning.Objectives;

/// <summary>The clipped surrogate of the policy gradient.</summary>
/// <remarks>Schulman et al., "Proximal policy optimization algorithms", 2017, equation 7. Differs from the paper: log-ratios are cut at 20 in size.</remarks>
public static class ClippedPolicyLoss
{
    private const double LargestLogRatio = 20;

    /// <summary>The loss of one decision, - min(ratio A, clip(ratio) A), and its derivative with respect to the log-probability.</summary>
    /// <param name="logProbability">Of the choice, under the policy that is trained.</param>
    /// <param name="behaviourLogProbability">Of the choice, under the policy that made it.</param>
    /// <param name="advantage">The advantage A.</param>
    /// <param name="clip">How far the ratio may leave 1 before the gain stops growing.</param>
    public static LossTerm Evaluate(double logProbability, double behaviourLogProbability, double advantage, double clip)
    {
        var ratio = Math.Exp(Math.Clamp(logProbability - behaviourLogProbability, -LargestLogRatio, LargestLogRatio));
        var free = ratio * advantage;
        var held = Math.Clamp(ratio, 1 - clip, 1 + clip) * advantage;
        return held < free ? new LossTerm(-held, 0, IsClipped: true) : new LossTerm(-free, -free, IsClipped: false);
    }
}
