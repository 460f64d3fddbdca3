using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Backends;

/// <summary>A <see cref="CandidateNetwork"/> over many decisions at once, with its memory. For one caller at a time.</summary>
public interface ILearnerNetwork
{
    /// <summary>The gradient of the mean loss over decisions.</summary>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="decisions">Decisions of the batch.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="gradient">Receives the gradient [trained weights].</param>
    LossSums Gradient(
        ParameterLayout layout, ReadOnlyMemory<float> weights, DecisionBatch batch, ReadOnlyMemory<int> decisions, IDecisionLoss loss, float[] gradient);

    /// <summary>The log-probabilities, or scores, and the values of all decisions of a batch.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="all">The numbers of all its decisions, in order.</param>
    /// <param name="logProbabilities">Receives the log-probabilities [candidates].</param>
    /// <param name="values">Receives the values [decisions].</param>
    /// <param name="asScores">Whether the candidates' scores are wanted instead of their log-probabilities.</param>
    void Score(NetworkWeights weights, DecisionBatch batch, ReadOnlyMemory<int> all, Memory<float> logProbabilities, Memory<float> values, bool asScores = false);
}
