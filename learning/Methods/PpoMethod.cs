using StepTool.Learning.Batches;
using StepTool.Learning.Learner;

namespace StepTool.Learning.Methods;

/// <summary>PPO with the final reward alone: StepTool without rewards for steps.</summary>
/// <remarks>Schulman et al., "Proximal policy optimization algorithms", 2017. Differs from the paper: KL to a frozen start is an exact term of the loss.</remarks>
public sealed class PpoMethod : IMethod
{
    /// <inheritdoc/>
    public MethodSettings Reads => MethodSettings.All;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(episodes);
        return learner.Update([.. episodes.Select(FinalOnly)], batch, cancellationToken);
    }

    private static TrainingEpisode FinalOnly(TrainingEpisode episode)
    {
        var rewards = new float[episode.Steps];
        rewards[^1] = episode.FinalReward;
        return episode.WithRewards(rewards);
    }
}
