using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Objectives;

namespace StepTool.Tests.Learning.Methods;

/// <summary>StepTool broken: the sign of its advantages is swapped.</summary>
internal sealed class NegatedMethod : IMethod, IObjective
{
    private readonly StepToolObjective _objective = new(new CreditOptions());

    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default) =>
        learner.Update(episodes, batch, this, cancellationToken);

    public void Weigh(IReadOnlyList<TrainingEpisode> episodes, ReadOnlySpan<float> values, StepWeights weights)
    {
        _objective.Weigh(episodes, values, weights);
        foreach (ref var advantage in weights.Advantages.Span)
        {
            advantage = -advantage;
        }
    }
}
