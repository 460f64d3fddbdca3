using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Methods;

/// <summary>
/// The supervised scorer of relevance, an upper reference outside the comparison: reads which APIs the training tasks need, and learns in its own episodes to call any
/// of them that was not called, by its best-guess arguments, and then to finish. Evaluated greedily it calls APIs in descending score until Finish scores higher.
/// </summary>
public sealed class RelevanceMethod : IMethod
{
    /// <inheritdoc/>
    public bool ReadsRelevance => true;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(batch);
        var right = new int[batch.Decisions][];
        Array.Fill(right, []);
        foreach (var episode in episodes)
        {
            episode.Relevant.CopyTo(right, episode.From);
        }

        int[] decisions = [.. Enumerable.Range(0, batch.Decisions).Where(decision => right[decision].Length > 0)];
        return learner.Minimise(batch, decisions, new SetCrossEntropyLoss(right), cancellationToken);
    }
}
