using StepTool.Learning.Models;

namespace StepTool.Learning.Objectives;

/// <summary>A loss over decisions that a gradient is taken of. Called by several threads at once, each with other decisions.</summary>
public interface IDecisionLoss
{
    /// <summary>Evaluates decisions and their gradients.</summary>
    /// <param name="picked">The decisions of the batch, in the order of the activations.</param>
    /// <param name="activations">What the network says of them.</param>
    /// <param name="share">What each decision's gradient is multiplied by: one over the mini-batch's decisions.</param>
    /// <param name="logitGradient">Receives the gradient with respect to the logits; zero on entry [candidates].</param>
    /// <param name="valueGradient">Receives the gradient with respect to the values; zero on entry [decisions].</param>
    /// <returns>The sums over the decisions.</returns>
    LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient);

    /// <summary>
    /// How far the policy is from the one that it should stay near, in nats a decision; null where it may go as far as it can. So it is for imitation, whose loss is how far the policy
    /// still is from what it imitates and falls as it moves; for preferences, which are learnt by going far from what was rejected and are held by the frozen reference alone; and for
    /// critics, which are no policy.
    /// </summary>
    /// <param name="sums">Sums over a mini-batch's decisions.</param>
    double? Distance(in LossSums sums) => null;
}
