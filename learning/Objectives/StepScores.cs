using StepTool.Core.Rewards;

namespace StepTool.Learning.Objectives;

/// <summary>The scores that an episode's rewards become before they are passed back to earlier steps.</summary>
/// <remarks>
/// StepTool, arXiv:2410.07745, step-grained optimisation. The release multiplies score i of n by n - i - 1, the last one by 0; here whether the last one
/// counts is a choice of its own.
/// </remarks>
public static class StepScores
{
    /// <summary>Weighs the rewards of one episode.</summary>
    /// <param name="rewards">The rewards [steps].</param>
    /// <param name="rule">How they are weighted.</param>
    /// <param name="scores">Receives the scores [steps].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Weigh(ReadOnlySpan<float> rewards, CreditRule rule, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (scores.Length != rewards.Length)
        {
            throw new ArgumentException($"Rewards are [{rewards.Length}] and scores [{scores.Length}]; one length is needed.", nameof(scores));
        }

        var last = rewards.Length - 1;
        for (var step = 0; step < last; step++)
        {
            scores[step] = rule.Weighting == CreditWeighting.Released ? rewards[step] * (last - step) : rewards[step];
        }

        if (last >= 0)
        {
            scores[last] = rule.Terminal == TerminalScore.Kept ? rewards[last] : 0;
        }
    }
}
