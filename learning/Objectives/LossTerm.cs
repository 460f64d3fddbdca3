namespace StepTool.Learning.Objectives;

/// <summary>One term of a loss for one decision, with its slope.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Slope">Its derivative with respect to the number it is a function of.</param>
/// <param name="IsClipped">Whether the clip holds, so that the slope is 0.</param>
public readonly record struct LossTerm(double Loss, double Slope, bool IsClipped);
