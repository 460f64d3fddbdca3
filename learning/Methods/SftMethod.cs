using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Methods;

/// <summary>Supervised fine-tuning: cross-entropy on every decision of demonstrations that solved their task.</summary>
public sealed class SftMethod : IMethod
{
    /// <summary>The metric that counts the episodes that an update imitates.</summary>
    public const string Accepted = "accepted";

    /// <inheritdoc/>
    public bool Imitates => true;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default) =>
        Imitate(learner, [.. episodes.Where(episode => episode.IsSolved)], batch, cancellationToken);

    /// <summary>Makes the policy's choices more like those of some episodes.</summary>
    internal static UpdateMetrics Imitate(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(learner);
        int[] decisions = [.. episodes.SelectMany(episode => Enumerable.Range(episode.From, episode.Steps))];
        var metrics = learner.Minimise(batch, decisions, new CrossEntropyLoss(batch), cancellationToken);
        return metrics with { Extras = metrics.Extras.Add(Accepted, episodes.Count) };
    }
}
