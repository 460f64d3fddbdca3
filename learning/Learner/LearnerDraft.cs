using StepTool.Core.Chance;
using StepTool.Learning.Models;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Learner;

/// <summary>The state of an update under way: a copy that is thrown away when the update fails or is cancelled.</summary>
internal sealed class LearnerDraft(LearnerState start)
{
    private readonly float[] _weights = start.Weights.Values.ToArray();
    private readonly float[] _firstMoment = start.FirstMoment.ToArray();
    private readonly float[] _secondMoment = start.SecondMoment.ToArray();
    private long _step = start.Step;

    public ParameterLayout Layout => start.Weights.Layout;

    public ReadOnlyMemory<float> Weights => _weights;

    public SeededRandom Random { get; } = new(start.Random);

    /// <summary>Makes one optimiser step and returns the gradient's norm.</summary>
    public double Step(AdamW optimiser, ReadOnlySpan<float> gradient) =>
        optimiser.Step(Layout, ++_step, _weights, gradient, _firstMoment, _secondMoment);

    /// <summary>The state that the update leaves.</summary>
    public LearnerState Finish(double klCoefficient) => new LearnerState(
        NetworkWeights.Create(Layout, _weights), start.Reference, _firstMoment, _secondMoment, _step, klCoefficient, Random.State).WithCritics(start.Critics);
}
