namespace StepTool.Learning.Objectives;

/// <summary>Moves the weight of the KL term so that the KL approaches its target.</summary>
/// <remarks>Ziegler et al., "Fine-tuning language models from human preferences", 2019, section 2.2: a proportional controller in log space.</remarks>
public static class AdaptiveKl
{
    private const double LargestError = 0.2;

    /// <summary>The coefficient after an update.</summary>
    /// <param name="coefficient">The coefficient of the update.</param>
    /// <param name="kl">The KL that the update ended with.</param>
    /// <param name="decisions">Decisions of the update's batch.</param>
    /// <param name="options">Target and horizon; without a target the coefficient stays.</param>
    public static double Next(double coefficient, double kl, int decisions, KlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Target is not { } target)
        {
            return coefficient;
        }

        var error = Math.Clamp((kl / target) - 1, -LargestError, LargestError);
        return coefficient * (1 + (error * Math.Min(1, decisions / options.Horizon)));
    }
}
