using StepTool.Learning.Batches;
using StepTool.Learning.Learner;

namespace StepTool.Learning.Methods;

/// <summary>
/// One way to learn from episodes. All methods read the same trajectories, train the same network with the same optimiser, and differ in what they make of
/// a batch. A new one is a class of this folder and a line in <see cref="TrainingMethods"/>.
/// </summary>
public interface IMethod
{
    /// <summary>How many episodes of one task follow each other in a batch, for methods that compare them; all but the first branch off that one. Default 1.</summary>
    int Attempts => 1;

    /// <summary>Whether its episodes are demonstrations instead of the policy's own. Default false.</summary>
    bool Imitates => false;

    /// <summary>Whether it reads which APIs training tasks need: a reference, no method to be compared. Default false.</summary>
    bool ReadsRelevance => false;

    /// <summary>Whether it is told what would be right, instead of finding out; such a policy is also measured with Finish held back.</summary>
    bool IsTold => Imitates || ReadsRelevance;

    /// <summary>Which settings it reads beside those that all methods do. Default none.</summary>
    MethodSettings Reads => MethodSettings.None;

    /// <summary>Whether what single steps are paid changes what it learns; otherwise it reads at most the final reward. Default false.</summary>
    bool ReadsStepRewards => false;

    /// <summary>Makes one update, wholly or not at all, from at most as many gradient rows as any other method: the epochs times the batch's turns.</summary>
    /// <param name="learner">The policy to improve.</param>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <returns>What the update did; 0 rows and unchanged weights where the batch held nothing to learn from.</returns>
    /// <exception cref="Optimisers.NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite; the state is as it was.</exception>
    /// <exception cref="RunawayKlException">The policy went further than <see cref="PolicyLearnerOptions.RunawayKl"/> allows; the state is as it was.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default);
}
