using StepTool.Learning.Batches;
using StepTool.Learning.Learner;

namespace StepTool.Learning.Methods;

/// <summary>Rejection-sampling fine-tuning: keeps the policy's own solved episodes, one for each distinct set of calls of a task, and imitates them.</summary>
/// <remarks>
/// Yuan et al., "Scaling relationship on learning mathematical reasoning with large language models", 2023. Differs from the paper: it goes on with the
/// policy of the last update instead of training the first one anew.
/// </remarks>
public sealed class RftMethod : IMethod
{
    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default) =>
        SftMethod.Imitate(learner, [.. Accepted(episodes)], batch, cancellationToken);

    /// <summary>The episodes that are imitated.</summary>
    /// <param name="episodes">All episodes.</param>
    public static IEnumerable<TrainingEpisode> Accepted(IEnumerable<TrainingEpisode> episodes) =>
        episodes.Where(episode => episode.IsSolved).DistinctBy(episode => episode.Signature);
}
