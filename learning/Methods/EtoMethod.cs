using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Methods;

/// <summary>Exploration-based trajectory optimisation: a preference loss on pairs of actions that followed the same history, one in a solved and one in an unsolved episode.</summary>
/// <remarks>
/// Song et al., "Trial and error: exploration-based trajectory optimization for LLM agents", 2024, with the step-level pairs of StepTool's comparison
/// (arXiv:2410.07745). Differs from the paper: the solved episodes are explored too, not demonstrations, so that it learns from what the other methods see.
/// </remarks>
public sealed class EtoMethod : IMethod
{
    /// <summary>The metric that counts the pairs of an update.</summary>
    public const string Pairs = "pairs";

    private const double Beta = 0.1;

    /// <inheritdoc/>
    public int Attempts => 8;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(batch);
        var rejected = Rejected(episodes, batch);
        int[] decisions = [.. Enumerable.Range(0, batch.Decisions).Where(decision => rejected[decision].Length > 0)];
        var reference = learner.Score(learner.State.Reference, batch).Candidates;
        var start = learner.State.Reference == learner.Weights ? reference : learner.Score(learner.Weights, batch).Candidates;
        var metrics = learner.Minimise(batch, decisions, new PreferenceLoss(batch, rejected, reference, start, Beta), cancellationToken);
        return metrics with { Extras = metrics.Extras.Add(Pairs, rejected.Sum(others => others.Length)) };
    }

    /// <summary>
    /// For each decision of the batch, the candidates that its choice is preferred to. A history and a choice have one such decision, that of their first solved
    /// episode; what any solved episode chose in a history is rejected nowhere in it.
    /// </summary>
    /// <param name="episodes">The episodes.</param>
    /// <param name="batch">The decisions.</param>
    public static int[][] Rejected(IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rejected = new int[batch.Decisions][];
        Array.Fill(rejected, []);
        var steps = episodes.SelectMany(episode => Enumerable.Range(0, episode.Histories.Length)
            .Select(step => (History: episode.Histories[step], Decision: episode.From + step, episode.IsSolved, Failed: episode.FinalReward <= 0)));
        foreach (var history in steps.GroupBy(step => step.History))
        {
            var good = history.Where(step => step.IsSolved).DistinctBy(step => batch.Chosen[step.Decision]).Select(step => step.Decision).ToArray();
            var accepted = good.Select(decision => batch.Chosen[decision]).ToHashSet();
            int[] bad = [.. history.Where(step => step.Failed).Select(step => batch.Chosen[step.Decision]).Where(choice => !accepted.Contains(choice)).Distinct().Order()];
            foreach (var decision in good)
            {
                rejected[decision] = bad;
            }
        }

        return rejected;
    }
}
