namespace StepTool.Learning.Objectives;

/// <summary>Exact quantities of one decision's distribution over its candidates, with gradients with respect to the logits.</summary>
public static class CandidateDistribution
{
    /// <summary>KL(policy || reference), the sum over all candidates of p (log p - log q).</summary>
    /// <param name="logProbabilities">log p [candidates].</param>
    /// <param name="reference">log q [candidates].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Kl(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> reference)
    {
        RequireEqual(logProbabilities.Length, reference.Length);
        var sum = 0.0;
        for (var candidate = 0; candidate < logProbabilities.Length; candidate++)
        {
            sum += MathF.Exp(logProbabilities[candidate]) * (double)(logProbabilities[candidate] - reference[candidate]);
        }

        return sum;
    }

    /// <summary>The entropy in nats, - the sum over all candidates of p log p.</summary>
    /// <param name="logProbabilities">log p [candidates].</param>
    public static double Entropy(ReadOnlySpan<float> logProbabilities)
    {
        var sum = 0.0;
        foreach (var logProbability in logProbabilities)
        {
            sum -= MathF.Exp(logProbability) * (double)logProbability;
        }

        return sum;
    }

    /// <summary>Adds the gradient of factor * KL: factor p (log p - log q - KL).</summary>
    /// <param name="logProbabilities">log p [candidates].</param>
    /// <param name="reference">log q [candidates].</param>
    /// <param name="kl">The KL of the two.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="logitGradient">Is added to [candidates].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddKlGradient(
        ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> reference, double kl, double factor, Span<float> logitGradient)
    {
        RequireEqual(logProbabilities.Length, reference.Length);
        RequireEqual(logProbabilities.Length, logitGradient.Length);
        for (var candidate = 0; candidate < logProbabilities.Length; candidate++)
        {
            var difference = logProbabilities[candidate] - reference[candidate];
            logitGradient[candidate] += (float)(factor * MathF.Exp(logProbabilities[candidate]) * (difference - kl));
        }
    }

    /// <summary>Adds the gradient of factor * entropy: - factor p (log p + entropy).</summary>
    /// <param name="logProbabilities">log p [candidates].</param>
    /// <param name="entropy">The entropy.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="logitGradient">Is added to [candidates].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddEntropyGradient(ReadOnlySpan<float> logProbabilities, double entropy, double factor, Span<float> logitGradient)
    {
        RequireEqual(logProbabilities.Length, logitGradient.Length);
        for (var candidate = 0; candidate < logProbabilities.Length; candidate++)
        {
            logitGradient[candidate] -= (float)(factor * MathF.Exp(logProbabilities[candidate]) * (logProbabilities[candidate] + entropy));
        }
    }

    /// <summary>Adds the gradient of slope * log p of the choice: slope ([candidate is the choice] - p).</summary>
    /// <param name="logProbabilities">log p [candidates].</param>
    /// <param name="chosen">The choice.</param>
    /// <param name="slope">The derivative with respect to the choice's log-probability.</param>
    /// <param name="logitGradient">Is added to [candidates].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddChoiceGradient(ReadOnlySpan<float> logProbabilities, int chosen, double slope, Span<float> logitGradient)
    {
        RequireEqual(logProbabilities.Length, logitGradient.Length);
        for (var candidate = 0; candidate < logProbabilities.Length; candidate++)
        {
            logitGradient[candidate] -= (float)(slope * MathF.Exp(logProbabilities[candidate]));
        }

        logitGradient[chosen] += (float)slope;
    }

    private static void RequireEqual(int first, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"The distributions have [{first}] and [{second}] candidates; one number is needed.");
        }
    }
}
