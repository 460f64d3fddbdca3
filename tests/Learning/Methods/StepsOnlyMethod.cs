using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;

namespace StepTool.Tests.Learning.Methods;

/// <summary>StepTool without the final reward: what it learns, it learns from what single steps are paid.</summary>
internal sealed class StepsOnlyMethod : IMethod
{
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default) =>
        new StepToolMethod().Update(learner, [.. episodes.Select(episode => episode.WithRewards([.. episode.Rewards.AsSpan(0, episode.Steps - 1), 0]))], batch, cancellationToken);
}
