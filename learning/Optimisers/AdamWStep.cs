namespace StepTool.Learning.Optimisers;

/// <summary>The constants of one AdamW step on one tensor.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="FirstDecay">The decay of the first moment (beta 1).</param>
/// <param name="SecondDecay">The decay of the second moment (beta 2).</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">The share of a weight that is taken away, times the learning rate; 0 for vectors.</param>
/// <param name="FirstCorrection">1 - beta1^step.</param>
/// <param name="SecondCorrection">1 - beta2^step.</param>
/// <param name="GradientScale">What gradients are multiplied by: below 1 when their norm is clipped.</param>
public readonly record struct AdamWStep(
    float LearningRate,
    float FirstDecay,
    float SecondDecay,
    float Epsilon,
    float WeightDecay,
    float FirstCorrection,
    float SecondCorrection,
    float GradientScale);
