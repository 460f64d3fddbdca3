namespace StepTool.Learning.Objectives;

/// <summary>Generalised advantage estimation, over turns or over a finer clock.</summary>
/// <remarks>
/// Schulman et al., "High-dimensional continuous control using generalized advantage estimation", 2016, equation 16.
/// Differs from the paper: steps may last several ticks, and only states in which something is decided have a value (a semi-Markov process, as in Sutton, Precup
/// and Singh, "Between MDPs and semi-MDPs", 1999); the StepTool release has a value at every token.
/// </remarks>
public static class GeneralisedAdvantage
{
    /// <summary>Estimates the advantages of one episode's steps, and the returns that the critic should learn; after the last step the value is 0.</summary>
    /// <param name="rewards">The rewards [steps].</param>
    /// <param name="values">The critic's values before each step [steps].</param>
    /// <param name="gamma">The discount a tick.</param>
    /// <param name="lambda">The mixture of horizons.</param>
    /// <param name="advantages">Receives the sum over l of (gamma lambda)^l delta, with delta = r + gamma V' - V [steps].</param>
    /// <param name="returns">Receives advantage + value [steps].</param>
    /// <param name="ticks">How long each step lasts [steps]; empty for one tick each.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Estimate(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> values,
        double gamma,
        double lambda,
        Span<float> advantages,
        Span<float> returns,
        ReadOnlySpan<int> ticks = default)
    {
        if (values.Length != rewards.Length || !(ticks.IsEmpty || ticks.Length == rewards.Length) || advantages.Length != rewards.Length || returns.Length != rewards.Length)
        {
            throw new ArgumentException(
                $"Rewards are [{rewards.Length}], values [{values.Length}], advantages [{advantages.Length}], returns [{returns.Length}] and ticks [{ticks.Length}]; one length is needed.");
        }

        double next = 0, advantage = 0;
        for (var step = rewards.Length - 1; step >= 0; step--)
        {
            var (discount, mixture) = ticks.IsEmpty ? (gamma, lambda) : (Math.Pow(gamma, ticks[step]), Math.Pow(lambda, ticks[step]));
            var surprise = rewards[step] + (discount * next) - values[step];
            advantage = surprise + (discount * mixture * advantage);
            advantages[step] = (float)advantage;
            returns[step] = (float)(advantage + values[step]);
            next = values[step];
        }
    }
}
