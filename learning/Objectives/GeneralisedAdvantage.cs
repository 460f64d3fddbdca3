namespace StepTool.Learning.Objectives;

/// <summary>Generalised advantage estimation, one tick a turn.</summary>
/// <remarks>
/// Schulman et al., "High-dimensional continuous control using generalized advantage estimation", 2016, equation 16.
/// Differs from the paper: nothing; the StepTool release ticks a token instead of a turn.
/// </remarks>
public static class GeneralisedAdvantage
{
    /// <summary>Estimates the advantages of one episode's steps, and the returns that the critic should learn.</summary>
    /// <param name="rewards">The rewards [steps].</param>
    /// <param name="values">The critic's values before each step [steps].</param>
    /// <param name="valueAfter">The value after the last step: 0 when the task is over.</param>
    /// <param name="gamma">The discount a turn.</param>
    /// <param name="lambda">The mixture of horizons.</param>
    /// <param name="advantages">Receives the sum over l of (gamma lambda)^l delta, with delta = r + gamma V' - V [steps].</param>
    /// <param name="returns">Receives advantage + value [steps].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Estimate(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> values,
        float valueAfter,
        double gamma,
        double lambda,
        Span<float> advantages,
        Span<float> returns)
    {
        if (values.Length != rewards.Length || advantages.Length != rewards.Length || returns.Length != rewards.Length)
        {
            throw new ArgumentException(
                $"Rewards are [{rewards.Length}], values [{values.Length}], advantages [{advantages.Length}] and returns [{returns.Length}]; one length is needed.");
        }

        double next = valueAfter, advantage = 0;
        for (var step = rewards.Length - 1; step >= 0; step--)
        {
            var surprise = rewards[step] + (gamma * next) - values[step];
            advantage = surprise + (gamma * lambda * advantage);
            advantages[step] = (float)advantage;
            returns[step] = (float)(advantage + values[step]);
            next = values[step];
        }
    }
}
