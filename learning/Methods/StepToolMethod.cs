using StepTool.Learning.Batches;
using StepTool.Learning.Learner;

namespace StepTool.Learning.Methods;

/// <summary>StepTool: a clipped policy gradient on a reward for every step.</summary>
/// <remarks>arXiv:2410.07745; what differs from the paper stands at <see cref="Objectives.StepToolObjective"/>.</remarks>
public sealed class StepToolMethod : IMethod
{
    /// <inheritdoc/>
    public MethodSettings Reads => MethodSettings.All;

    /// <inheritdoc/>
    public bool ReadsStepRewards => true;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        return learner.Update(episodes, batch, cancellationToken);
    }
}
