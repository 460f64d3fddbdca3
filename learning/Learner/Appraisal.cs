using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Learner;

/// <summary>What a batch is worth to the policy as it stands before an update.</summary>
/// <param name="Terms">What the surrogate loss sets each decision against.</param>
/// <param name="Decisions">The decisions that belong to an episode.</param>
/// <param name="ExplainedVariance">The share of the returns' variance that the critic foresaw.</param>
internal sealed record Appraisal(SurrogateTerms Terms, int[] Decisions, double ExplainedVariance)
{
    /// <summary>Appraises episodes.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="objective">Says how much each choice was worth.</param>
    /// <param name="values">The values that the policy's critic gives [decisions of the batch].</param>
    /// <param name="reference">The log-probabilities under the frozen reference [candidates].</param>
    /// <exception cref="ArgumentException">An episode reaches beyond the batch, or two share a decision.</exception>
    public static Appraisal Of(IReadOnlyList<TrainingEpisode> episodes, IObjective objective, float[] values, float[] reference)
    {
        var weights = new StepWeights();
        objective.Weigh(episodes, values, weights);
        var behaviour = new float[values.Length];
        foreach (var episode in episodes)
        {
            episode.BehaviourLogProbabilities.CopyTo(behaviour, episode.From);
        }

        var terms = new SurrogateTerms
        {
            Advantages = weights.Advantages,
            Returns = weights.Returns,
            EarlierValues = values,
            BehaviourLogProbabilities = behaviour,
            ReferenceLogProbabilities = reference,
        };
        return new Appraisal(terms, weights.Rows.ToArray(), Learner.ExplainedVariance.Measure(values, weights));
    }
}
