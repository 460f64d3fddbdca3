namespace StepTool.Learning.Objectives;

/// <summary>The discounted sum of a step's and all later rewards, one tick a turn.</summary>
/// <remarks>Sutton and Barto, "Reinforcement learning", 2018, equation 3.8; the StepTool paper's (arXiv:2410.07745) step-grained return.</remarks>
public static class ReturnToGo
{
    /// <summary>Sums the rewards of one episode from each step on.</summary>
    /// <param name="rewards">The rewards [steps].</param>
    /// <param name="valueAfter">The value after the last step: 0 when the task is over.</param>
    /// <param name="gamma">The discount a turn.</param>
    /// <param name="returns">Receives the sum over j >= i of gamma^(j-i) r_j [steps].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Estimate(ReadOnlySpan<float> rewards, float valueAfter, double gamma, Span<float> returns)
    {
        if (returns.Length != rewards.Length)
        {
            throw new ArgumentException($"Rewards are [{rewards.Length}] and returns [{returns.Length}]; one length is needed.", nameof(returns));
        }

        double later = valueAfter;
        for (var step = rewards.Length - 1; step >= 0; step--)
        {
            later = rewards[step] + (gamma * later);
            returns[step] = (float)later;
        }
    }
}
