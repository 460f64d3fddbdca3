using StepTool.Learning.Batches;

namespace StepTool.Learning.Objectives;

/// <summary>What a policy gradient pushes: says for each decision of some episodes how much its choice was worth.</summary>
public interface IObjective
{
    /// <summary>Weighs every step of the episodes.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="values">The values that the policy's own critic gives [decisions of the batch].</param>
    /// <param name="weights">Receives advantages, and the returns that the policy's own critic should learn.</param>
    /// <exception cref="ArgumentException">An episode reaches beyond the batch, or two share a decision.</exception>
    void Weigh(IReadOnlyList<TrainingEpisode> episodes, ReadOnlySpan<float> values, StepWeights weights);
}
